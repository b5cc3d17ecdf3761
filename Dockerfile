# fetchbench in a container; scripts/docker_run.sh builds and runs it.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
WORKDIR /build
COPY scripts/lib.sh scripts/
RUN bash -c 'set -e; . scripts/lib.sh; apt_install "${build_packages[@]}"'
COPY . .
ARG REVISION=
RUN cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr \
        -DFETCHBENCH_TESTS=OFF -DFETCHBENCH_REVISION="$REVISION" && \
    cmake --build build && \
    DESTDIR=/out cmake --install build --strip && \
    mkdir /needs && \
    ldd build/fetchbench | sed -n "s|^[[:space:]]*\([^ ]*\) => .*|*/$(gcc -print-multiarch)/\1|p" | \
        xargs dpkg-query --search | cut -d: -f1 | sort -u >/needs/packages

FROM ${BASE}
# The list changes seldom, so the layer that it makes outlives changes to the program.
COPY --from=build /needs/packages /usr/share/fetchbench/packages
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive xargs -a /usr/share/fetchbench/packages \
        apt-get install -y --no-install-recommends ca-certificates && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/* /var/lib/dpkg/*-old \
        /var/log/apt /var/log/dpkg.log /var/log/alternatives.log && \
    groupadd --gid 10001 fetchbench && \
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin --no-log-init \
        fetchbench && \
    install -d -o fetchbench -g fetchbench -m 1777 /results
COPY --from=build /out/ /
ARG VERSION=0.1.0
ARG REVISION=
ARG CREATED=
LABEL org.opencontainers.image.title="fetchbench" \
      org.opencontainers.image.description="Compares HTTP client strategies under one plan, one clock and one histogram" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /results
ENTRYPOINT ["fetchbench"]
