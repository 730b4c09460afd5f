# A build that gives the same bytes next year names the base by digest instead of by tag:
#     docker pull python:3.12-slim
#     docker inspect --format '{{index .RepoDigests 0}}' python:3.12-slim
# then: docker build --build-arg BASE=python:3.12-slim@sha256:... .
# The versions of the packages are those of docs/constraints.txt, with which the tests passed.
ARG BASE=python:3.12-slim

FROM ${BASE} AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE config.example.toml ./
COPY systemd ./systemd
COPY watcher ./watcher
COPY docs/constraints.txt /tmp/constraints.txt
RUN python -m venv /opt/nct-watcher \
    && /opt/nct-watcher/bin/pip install --no-cache-dir --constraint /tmp/constraints.txt .

FROM ${BASE}
LABEL org.opencontainers.image.title="nct-watcher" \
      org.opencontainers.image.description="Watches ClinicalTrials.gov records and tells people what changed" \
      org.opencontainers.image.licenses="MIT"
# A fixed number, so that the owner of a mounted folder can be set from outside.
RUN useradd --system --uid 10001 --user-group --no-create-home nct-watcher \
    && install --directory --mode=0700 --owner=nct-watcher --group=nct-watcher /var/lib/nct-watcher
COPY --from=build /opt/nct-watcher /opt/nct-watcher
# Nothing is written but the database and, while SQLite sorts much, /tmp: the root file system can be read-only.
ENV PATH=/opt/nct-watcher/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONFAULTHANDLER=1
USER 10001:10001
WORKDIR /var/lib/nct-watcher
# The configuration is mounted at /etc/nct-watcher; its [store] path must be in this folder.
VOLUME /var/lib/nct-watcher
# Says that the configuration and the database can be read. Whether polls succeed is told to the operator's channel.
HEALTHCHECK --interval=5m --timeout=30s --start-period=1m \
    CMD ["watcher", "status", "--config", "/etc/nct-watcher/config.toml"]
# No init is needed: as process 1 it handles SIGTERM and SIGINT itself, and it starts no children that could be orphaned.
# A stop finishes the message or the batch under way: give it time, docker stop --time 180.
STOPSIGNAL SIGTERM
ENTRYPOINT ["watcher"]
CMD ["run", "--config", "/etc/nct-watcher/config.toml"]
