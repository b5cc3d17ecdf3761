# fetchbench in a container; scripts/docker_run.sh builds and runs it. `--target mpi` is for several containers, started by
# mpirun in one of them.
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

FROM ${BASE} AS runtime
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

FROM build AS build-mpi
RUN bash -c 'set -e; . scripts/lib.sh; apt_install libopenmpi-dev'
RUN cmake -S . -B build && \
    cmake --build build --target fetchbench-mpi && \
    DESTDIR=/out-mpi cmake --install build --component mpi --strip

FROM runtime AS mpi
USER 0:0
RUN apt-get update && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openmpi-bin openssh-client openssh-server && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/cache/ldconfig/* /var/lib/dpkg/*-old \
        /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /etc/ssh/ssh_host_* && \
    usermod --home /home/fetchbench --move-home --shell /bin/sh fetchbench && \
    install -d -o fetchbench -g fetchbench -m 700 /home/fetchbench /home/fetchbench/.ssh
COPY --from=build-mpi /out-mpi/ /
# How ranks are started in other containers of this image: by ssh to the same user, with the key in its .ssh, which a secret
# is mounted on; there `/usr/sbin/sshd -De -f /etc/ssh/sshd_fetchbench` runs, without root.
RUN printf '%s\n' 'Host *' '    Port 2222' '    StrictHostKeyChecking no' '    UserKnownHostsFile /dev/null' \
        '    LogLevel ERROR' >/etc/ssh/ssh_config.d/fetchbench.conf && \
    printf '%s\n' 'Port 2222' 'PidFile none' 'HostKey /home/fetchbench/.ssh/id_rsa' 'StrictModes no' 'UsePAM no' \
        'PasswordAuthentication no' >/etc/ssh/sshd_fetchbench
# A worker has every processor of its container; and what seccomp forbids between processes is not tried.
ENV OMPI_MCA_hwloc_base_binding_policy=none \
    OMPI_MCA_btl_vader_single_copy_mechanism=none
USER 10001:10001

# What is built where no target is named: without MPI.
FROM runtime
