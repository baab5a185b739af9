# syntax=docker/dockerfile:1
# One image for every role: docker build -t marketplace .
# Vercel's side for rehearsals is another target: docker build -t marketplace-simulator --target simulator .
ARG DOTNET=10.0

# --- build: on the builder's own architecture; what comes out runs on amd64 and arm64 alike -------------------------------------
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:${DOTNET} AS build
# Hangfire with its dashboard, or Quartz.
ARG JOB_HOST=Hangfire
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source

# What is restored changes seldom, and is a layer of its own.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/Core/Core.csproj src/Core/
COPY src/Jobs/Jobs.csproj src/Jobs/
COPY src/Shell/Shell.csproj src/Shell/
COPY src/Simulator/Simulator.csproj src/Simulator/
RUN dotnet restore src/Shell -p:JobHost=${JOB_HOST} && dotnet restore src/Simulator

COPY .editorconfig ./
# Two documents are part of the server: what a catalogue may say, and what operators read when an alert fires.
COPY docs/catalog.schema.json docs/runbook.md docs/
COPY src src
RUN dotnet publish src/Shell -c Release --no-restore -p:JobHost=${JOB_HOST} -p:UseAppHost=false -p:RunAnalyzers=false -o /out/server
RUN dotnet publish src/Simulator -c Release --no-restore -p:UseAppHost=false -p:RunAnalyzers=false -o /out/simulator

# --- what both have in common: no shell, no package manager, not root ------------------------------------------------------------
FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}-noble-chiseled AS base
# Nothing is written anywhere: the root file system may be read-only.
ENV DOTNET_EnableDiagnostics=0
WORKDIR /app
USER $APP_UID

# --- Vercel's side, for rehearsals -----------------------------------------------------------------------------------------------
FROM base AS simulator
COPY --from=build /out/simulator .
EXPOSE 8090
ENTRYPOINT ["dotnet", "Marketplace.Simulator.dll"]
CMD ["simulator", "--listen", "0.0.0.0", "--port", "8090"]

# --- the server ------------------------------------------------------------------------------------------------------------------
FROM base AS server
COPY --from=build /out/server .
# Each secret is a file, named by its key: docs/configuration.md.
ENV ASPNETCORE_URLS=http://+:8080 Secrets__Directory=/run/secrets Catalog__Path=/etc/marketplace/catalog.json
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["dotnet", "Marketplace.Shell.dll", "health"]
ENTRYPOINT ["dotnet", "Marketplace.Shell.dll"]
CMD ["--role", "all"]
