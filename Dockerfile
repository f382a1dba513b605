# One image for every process; compose.yaml says which runs what.
FROM python:3.11-slim

WORKDIR /srv/greenroom
COPY requirements.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements.txt -c constraints.txt
COPY . .
RUN python -m compileall -q . \
 && useradd --system --home-dir /data portal \
 && install -d -o portal -g portal -m 700 /data

ENV PYTHONUNBUFFERED=1 PORTAL_DATA_DIR=/data
USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "-c", "python:portal.web", "--bind", "0.0.0.0:8000"]
