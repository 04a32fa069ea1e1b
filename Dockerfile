# The image: cleat, a static busybox, iproute2's ip, CA certificates.
# Builds with BuildKit and with the legacy builder.  `make image` makes the
# same image without this first stage, from what `make` built on the machine.

FROM debian:trixie-slim AS build
WORKDIR /src

# what changes seldom first: a change of cleat's sources builds no dependency
COPY scripts/setup scripts/
RUN scripts/setup build
COPY scripts/deps scripts/
COPY scripts/deps.d scripts/deps.d/
RUN scripts/deps

COPY Makefile LICENSE ./
COPY lib lib/
COPY init init/
COPY handlers handlers/
COPY notifier notifier/
RUN make
COPY scripts/rootfs scripts/
RUN scripts/rootfs /rootfs

FROM scratch
COPY --from=build /rootfs/ /

LABEL org.opencontainers.image.title="cleat" \
      org.opencontainers.image.description="PID 1, and network labels for containers: applies docker-events.* labels as ip commands in each container's network namespace at every start" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT AND GPL-2.0-only AND GPL-2.0-or-later AND Apache-2.0 AND MPL-2.0 AND curl AND Zlib" \
      cleat.manifest="/usr/share/cleat/MANIFEST names the source packages of busybox, ip (GPL-2.0) and the libraries" \
      cleat.licenses="/usr/share/cleat/licenses"

ENV PATH=/usr/local/bin:/usr/bin:/bin
STOPSIGNAL SIGTERM

# A worker that fails is started again in place; one that must be started by
# the engine (exit status 75: its socket is of an engine that is gone) ends.
ENTRYPOINT ["/cleat", "init", "--restart", "on-failure", "--"]
CMD ["/cleat", "watch"]
