# What each step does stands in scripts/image/steps.mjs. Bases are pinned by digest; docs/supply-chain.md says how they are brought up to date.
# What is shipped has no shell and no package manager: the C and C++ libraries, certificates of authorities, node, and the app.

FROM node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe AS install
WORKDIR /work
COPY package.json package-lock.json .npmrc ./
COPY scripts/image scripts/image
RUN node scripts/image/steps.mjs install

FROM install AS production
RUN node scripts/image/steps.mjs production /production

FROM install AS build
COPY . .
RUN node scripts/image/steps.mjs build && node scripts/image/steps.mjs content /image

FROM gcr.io/distroless/cc-debian13:nonroot@sha256:e792ab3d241a468a4fd7519ddbbebe66b49b5f365771716ea688ad40b6c6f1c2 AS app
ARG GATRA_COMMIT=
LABEL org.opencontainers.image.title="GATRA" \
      org.opencontainers.image.description="Open multi-tenant SOC platform" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${GATRA_COMMIT}"
ENV NODE_ENV=production \
    NODE_DISABLE_COMPILE_CACHE=1 \
    GATRA_DATA_DIR=/var/lib/gatra \
    GATRA_COMMIT=${GATRA_COMMIT}
WORKDIR /app
COPY --from=install --chown=0:0 /usr/local/bin/node /nodejs/bin/node
COPY --from=production --chown=0:0 /production/node_modules node_modules
COPY --from=build --chown=0:0 /image/app ./
COPY --from=build --chown=65532:65532 /image/data /var/lib/gatra
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/nodejs/bin/node", "/app/healthcheck.mjs"]
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=16"]
CMD ["/app/dist/main.js"]
