"""The state machines as data: read from the code, drawn into the docs and onto the console's pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.utils.functional import Promise

from portal.kernel.fsm import StateField, Stateful


@dataclass(frozen=True)
class Edge:
    """One transition: from where to where, its method's name, what happens and who does it."""

    source: str
    target: str
    name: str
    label: str | Promise
    who: str | Promise


@dataclass(frozen=True)
class Machine:
    """A model's state machine. `states` in their declared order, the first is where it begins."""

    model: type[Stateful]
    states: tuple[tuple[str, str | Promise], ...]
    initial: str
    edges: tuple[Edge, ...]

    @property
    def name(self) -> str:
        """Return the model's label, as the audit names it."""
        return self.model._meta.label

    @property
    def field(self) -> str:
        """Return the name of the field that holds the state."""
        return next(field.name for field in self.model._meta.concrete_fields if isinstance(field, StateField))

    def leaving(self, state: str) -> list[Edge]:
        """Return what may come next from `state`."""
        return [edge for edge in self.edges if edge.source == state]

    def mermaid(self) -> str:
        """Return the machine as a Mermaid state diagram, in English or the active language."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {value}: {label}" for value, label in self.states]
        lines += [f"    {edge.source} --> {edge.target}: {edge.label} ({edge.who})" for edge in self.edges]
        return "\n".join(lines)


def machines() -> list[Machine]:
    """Return every state machine of the portal, in the order of the apps."""
    return [_machine(model) for model in apps.get_models() if issubclass(model, Stateful)]


def machine_of(label: str) -> Machine:
    """Return the machine of the model with this label; LookupError when it has none."""
    return _by_label()[label]


def transition_label(model_label: str, name: str) -> str | Promise:
    """Return what a transition is called, or its plain name for what is no transition."""
    machine = _by_label().get(model_label)
    edges = machine.edges if machine else ()
    return next((edge.label for edge in edges if edge.name == name), name)


@cache
def _by_label() -> dict[str, Machine]:
    return {machine.name: machine for machine in machines()}


def _machine(model: type[Stateful]) -> Machine:
    fields = [field for field in model._meta.concrete_fields if isinstance(field, StateField)]
    if len(fields) != 1:
        raise TypeError(f"{model.__name__} must have exactly one state")
    field = fields[0]
    states = tuple(field.flatchoices)
    order = [value for value, _label in states]
    edges = [
        Edge(step.source, step.target, step.name, step.custom["label"], step.custom["who"])
        for step in field.get_all_transitions(model)  # type: ignore[attr-defined]
    ]
    edges.sort(key=lambda edge: (order.index(edge.source), order.index(edge.target), edge.name))
    return Machine(model, states, str(field.default), tuple(edges))
