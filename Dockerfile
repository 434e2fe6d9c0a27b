# A static binary on `scratch`: nothing else is in the image, so nothing else can be wrong with it.

# The release workflow pins this by digest.
ARG BUILDER=docker.io/library/rust:1.95-bookworm

FROM ${BUILDER} AS build
WORKDIR /src

# glibc, linked statically: musl's memory functions cost three quarters of the throughput on bodies. An explicit target
# keeps the flag away from build scripts and macros, which cannot be static. Packed relocations take half a megabyte
# less of the binary and of memory.
ENV RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs"
RUN rustc -vV | sed -n 's/^host: //p' > /target

# Dependencies change less often than the source, and get a layer of their own: they are built for an empty program.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src benches/against_floor tests/it && touch src/lib.rs \
    && echo 'fn main() {}' | tee src/main.rs benches/against_floor/main.rs > tests/it/main.rs \
    && cargo build --release --locked --bin zendesk-mock --target "$(cat /target)"

# The real source may be older than the empty one, and must not be taken for built.
COPY src src
RUN find src -name '*.rs' -exec touch {} + \
    && cargo build --release --locked --bin zendesk-mock --target "$(cat /target)" \
    && cp "target/$(cat /target)/release/zendesk-mock" /zendesk-mock

FROM scratch

ARG SOURCE=https://github.com/zendesk-mock/zendesk-mock
ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="zendesk-mock" \
      org.opencontainers.image.description="Answers as Zendesk does wherever a file gets in: ticket uploads and help-center images" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"

COPY --from=build /zendesk-mock /zendesk-mock

# Nobody in particular. There is no /etc/passwd to name them.
USER 65532:65532

# A container that listens on its own loopback cannot be reached.
ENV ZENDESK_MOCK_HOST=0.0.0.0
EXPOSE 3375

HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 CMD ["/zendesk-mock", "ready", "--wait", "2s"]

ENTRYPOINT ["/zendesk-mock"]
