# A build that gives the same bytes next year names the base by digest instead of by tag, in both stages:
#     docker pull python:3.12-slim
#     docker inspect --format '{{index .RepoDigests 0}}' python:3.12-slim
# then: FROM python:3.12-slim@sha256:...

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY watcher ./watcher
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /dist . \
    && python -m venv /opt/nct-watcher \
    && /opt/nct-watcher/bin/pip install --no-cache-dir /dist/*.whl

FROM python:3.12-slim
# A fixed number, so that the owner of a mounted folder can be set from outside.
RUN useradd --system --uid 10001 --user-group --no-create-home nct-watcher \
    && install --directory --mode=0700 --owner=nct-watcher --group=nct-watcher /var/lib/nct-watcher
COPY --from=build /opt/nct-watcher /opt/nct-watcher
ENV PATH=/opt/nct-watcher/bin:$PATH \
    PYTHONUNBUFFERED=1
USER nct-watcher
WORKDIR /var/lib/nct-watcher
# The configuration is mounted at /etc/nct-watcher; its [store] path must be in this folder.
VOLUME /var/lib/nct-watcher
# Says that the configuration and the database can be read. Whether polls succeed is told to the operator's channel.
HEALTHCHECK --interval=5m --timeout=30s --start-period=1m \
    CMD ["watcher", "status", "--config", "/etc/nct-watcher/config.toml"]
# Finishes the message or the batch under way: give it time, docker stop --time 180.
STOPSIGNAL SIGTERM
ENTRYPOINT ["watcher"]
CMD ["run", "--config", "/etc/nct-watcher/config.toml"]
