"""Mini Game packages: read from an upload, kept as our own archive, served file by file, compared.

Pure functions over bytes: no row, no request, no file on disk. What is kept is never what was uploaded:
`read` makes an archive anew, and its SHA-256 is the same for the same files whatever archive they came in.
"""

from releases.packages.compare import Change, Difference, Line, compare, text_difference
from releases.packages.findings import Finding
from releases.packages.kept import file_of, files_of
from releases.packages.limits import PLATFORM, Limits
from releases.packages.manifests import Game, Project
from releases.packages.package import Package, PackageFile, Subpackage, read

__all__ = [
    "PLATFORM",
    "Change",
    "Difference",
    "Finding",
    "Game",
    "Limits",
    "Line",
    "Package",
    "PackageFile",
    "Project",
    "Subpackage",
    "compare",
    "file_of",
    "files_of",
    "read",
    "text_difference",
]
