# The image of one service: docker build --build-arg SERVICE=intake -t portway/intake .
# Without a registry to pull from, `make image SERVICE=intake` makes the like from what is on the machine.
FROM rust:1.95-bookworm AS build
ARG SERVICE
WORKDIR /src
COPY . .
RUN test -n "$SERVICE" || { echo "say which: --build-arg SERVICE=intake" >&2; exit 1; }
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --package "$SERVICE" --bin "$SERVICE" \
    && install -D "target/release/$SERVICE" /out/service

FROM debian:12-slim
COPY --from=build /out/service /usr/local/bin/service
USER 10001:10001
EXPOSE 50051 9090
ENTRYPOINT ["/usr/local/bin/service"]
