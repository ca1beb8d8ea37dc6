# smokealarm with the stages' engines, on any base that has Python 3.10 or later.
#
#   docker build --tag smokealarm .
#   docker build --tag smokealarm --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu .
#   docker build --tag smokealarm --build-arg BASE=your/image --build-arg TORCH= --build-arg EXTRAS=data .
#
# The last one puts smokealarm into your own image, beside the packages that it has.

ARG BASE=docker.io/library/python:3.12-slim-bookworm
FROM ${BASE}

# On purpose as root: whatever user the base has, the image ends as a user without rights.
USER 0:0

# git is what smokealarm compares with. No version: Debian removes superseded ones from its mirror, so that
# a pin stops the build on the day of a security update.
# hadolint ignore=DL3008
RUN command -v git > /dev/null \
    || { apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*; }

# torch comes first and alone: it is the large layer, and changes least. Linux wheels of PyPI bring CUDA.
# --system-site-packages, so that a base's own packages are seen.
ARG TORCH=torch==2.13.0
ARG TORCH_INDEX=https://pypi.org/simple
RUN python3 -m venv --system-site-packages /opt/smokealarm \
    && if [ -n "${TORCH}" ]; then \
    /opt/smokealarm/bin/pip install --no-cache-dir --extra-index-url "${TORCH_INDEX}" "${TORCH}"; fi

# Copied, not mounted: buildah 1.28 takes a cached layer whatever the mounted folder holds by now.
COPY . /opt/smokealarm/source
ARG EXTRAS=data,torch
RUN /opt/smokealarm/bin/pip install --no-cache-dir "/opt/smokealarm/source${EXTRAS:+[${EXTRAS}]}"

# The repository belongs to another user than the one in here, which git refuses ("dubious ownership")
# unless told otherwise; it reads this from the command line, the environment or a file that we do not own.
ENV PATH=/opt/smokealarm/bin:$PATH \
    GIT_CONFIG_COUNT=1 \
    GIT_CONFIG_KEY_0=safe.directory \
    GIT_CONFIG_VALUE_0=* \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility

# The user of GitHub's own runners: container/action.yml writes to their files. The root action brings the
# user of whatever runner it is on.
USER 1001:1001
WORKDIR /github/workspace
ENTRYPOINT ["smokealarm-action"]
