"""Verification that is switched off: by flags, variables, configuration."""

from __future__ import annotations

from tests.rules.semantics import Rows

ROWS: dict[str, Rows] = {
    "wget-tls-verification-off": Rows(
        fires=(
            "RUN wget --no-check-certificate https://a.example/x",
            "RUN wget https://a.example/x --no-check-certificate -O x",
            "RUN sh -c 'wget -q --no-check-certificate https://a.example/x'",
            "RUN echo https://a.example/x | xargs wget --no-check-certificate",
            "RUN wget --check-certificate=off https://a.example/x",
        ),
        silent=(
            "RUN wget https://a.example/x",
            "RUN wget --ca-certificate=/ca.pem https://a.example/x",
            "RUN echo wget --no-check-certificate",
        ),
    ),
    "git-tls-verification-off": Rows(
        fires=(
            "RUN git config --global http.sslVerify false",
            "RUN git -c http.sslVerify=false clone https://a.example/x.git",
            "RUN git -c http.sslverify=0 clone https://a.example/x.git",
            "ENV GIT_SSL_NO_VERIFY=1",
            "RUN GIT_SSL_NO_VERIFY=true git clone https://a.example/x.git",
            "RUN env GIT_SSL_NO_VERIFY=1 git clone https://a.example/x.git",
            "RUN export GIT_SSL_NO_VERIFY=1 && git clone https://a.example/x.git",
        ),
        silent=(
            "RUN git clone https://a.example/x.git",
            "RUN git config --global http.sslVerify true",
            "RUN git config --global http.sslCAInfo /ca.pem",
        ),
    ),
    "npm-tls-verification-off": Rows(
        fires=(
            "RUN npm config set strict-ssl false",
            "RUN npm config set strict-ssl=false",
            "RUN npm set strict-ssl false",
            "RUN npm --strict-ssl=false install",
            "ENV NPM_CONFIG_STRICT_SSL=false",
            "RUN npm_config_strict_ssl=false npm ci",
            "RUN yarn config set strict-ssl false",
            "RUN echo strict-ssl=false >> ~/.npmrc",
        ),
        silent=(
            "RUN npm config set strict-ssl true",
            "RUN npm config set cafile /ca.pem",
            "RUN npm ci",
        ),
    ),
    "node-tls-verification-off": Rows(
        fires=(
            "ENV NODE_TLS_REJECT_UNAUTHORIZED=0",
            "ENV NODE_TLS_REJECT_UNAUTHORIZED 0",
            "RUN NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci",
            "RUN env NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci",
            "ARG NODE_TLS_REJECT_UNAUTHORIZED=0",
        ),
        silent=(
            "ENV NODE_TLS_REJECT_UNAUTHORIZED=1",
            "ENV NODE_EXTRA_CA_CERTS=/ca.pem",
        ),
    ),
    "pip-trusted-host": Rows(
        fires=(
            "RUN pip install --trusted-host pypi.example flask==3.1.0",
            "RUN pip install --trusted-host=pypi.example flask==3.1.0",
            "RUN python3 -m pip --trusted-host pypi.example install flask==3.1.0",
            "ENV PIP_TRUSTED_HOST=pypi.example",
            "RUN PIP_TRUSTED_HOST=pypi.example pip install flask==3.1.0",
            "RUN pip config set global.trusted-host pypi.example",
        ),
        silent=(
            "RUN pip install --index-url https://pypi.example flask==3.1.0",
            "RUN pip install --cert /ca.pem flask==3.1.0",
        ),
    ),
    "apk-allow-untrusted": Rows(
        fires=(
            "RUN apk add --allow-untrusted ./a.apk",
            "RUN apk --allow-untrusted --no-cache add a",
            "RUN if true; then apk add --no-cache --allow-untrusted a; fi",
        ),
        silent=("RUN apk add --no-cache a",),
    ),
    "apt-allow-unauthenticated": Rows(
        fires=(
            "RUN apt-get install -y --allow-unauthenticated a",
            "RUN apt-get --allow-unauthenticated -y install a",
            "RUN apt-get install -y -o APT::Get::AllowUnauthenticated=true a",
            "RUN apt-get -oAcquire::AllowInsecureRepositories=true update",
            "RUN apt-get update --allow-insecure-repositories",
            "RUN echo 'APT::Get::AllowUnauthenticated \"1\";' > /etc/apt/apt.conf.d/x",
            "RUN echo 'deb [trusted=yes] https://a.example ./' >/etc/apt/sources.list.d/a.list",
            "COPY <<EOF /etc/apt/sources.list.d/a\ndeb [ trusted=yes ] https://a.example ./\nEOF",
        ),
        silent=(
            "RUN apt-get install -y a",
            "RUN apt-get install -y -o APT::Get::AllowUnauthenticated=false a",
            "RUN echo 'deb [signed-by=/k] https://a.example ./' >/etc/apt/sources.list.d/a.list",
        ),
    ),
    "yum-signature-check-off": Rows(
        fires=(
            "RUN yum install -y --nogpgcheck a",
            "RUN dnf --nogpgcheck -y install a",
            "RUN dnf -y install --setopt=gpgcheck=0 a",
            "RUN yum-config-manager --save --setopt=a.gpgcheck=0",
            "RUN echo gpgcheck=0 >> /etc/yum.repos.d/a.repo",
            "RUN sed -i 's/gpgcheck=1/gpgcheck=0/' /etc/yum.repos.d/a.repo",
            "COPY <<EOF /etc/yum.repos.d/a.repo\n[a]\ngpgcheck = 0\nEOF",
            "RUN zypper --no-gpg-checks -n in a",
        ),
        silent=(
            "RUN dnf -y install a",
            "RUN echo gpgcheck=1 >> /etc/yum.repos.d/a.repo",
            "RUN sed -i 's/gpgcheck=0/gpgcheck=1/' /etc/yum.repos.d/a.repo",
        ),
    ),
    "apt-key-used": Rows(
        fires=(
            "RUN curl -fsSL https://a.example/k | apt-key add -",
            "RUN apt-key adv --keyserver hkps://keys.openpgp.org --recv-keys ABCD",
            "RUN wget -qO- https://a.example/k | sudo apt-key add -",
        ),
        silent=(
            "RUN curl -fsSL https://a.example/k | gpg --dearmor -o /k.gpg",
            "RUN apt-key list",
        ),
    ),
    "curl-hides-http-errors": Rows(
        fires=(
            "RUN curl https://a.example/x -o x",
            "RUN curl -sSL https://a.example/x | tar xz",
            "RUN curl -Hfoo:bar -o fail https://a.example/x",
        ),
        silent=(
            "RUN curl -f https://a.example/x -o x",
            "RUN curl -sSfL https://a.example/x -o x",
            "RUN curl --fail-with-body https://a.example/x -o x",
            "RUN curl -I https://a.example/",
        ),
    ),
    "ssh-port-exposed": Rows(
        fires=(
            "EXPOSE 22",
            "EXPOSE 80 22/tcp",
            "ENV P=22\nEXPOSE $P",
            "ARG P=22\nEXPOSE ${P}/tcp",
            "EXPOSE 20-25",
        ),
        silent=("EXPOSE 2222", "EXPOSE 80", "EXPOSE 22/udp", "EXPOSE $P"),
    ),
    "index-update-alone": Rows(
        fires=(
            "RUN apt-get update",
            'RUN ["apt-get", "update"]',
            "RUN sudo apt-get update\nRUN sudo apt-get -y install a",
            "FROM alpine:3.22\nRUN apk update",
            "RUN DEBIAN_FRONTEND=noninteractive apt-get -qq update",
        ),
        silent=(
            "RUN apt-get update && apt-get -y install a",
            "RUN apt-get update; if true; then apt-get -y install a; fi",
            "RUN u() { apt-get update; }; u; apt-get -y install a",
            "RUN --mount=type=cache,target=/var/lib/apt/lists apt-get update",
        ),
    ),
    "dnf-without-yes": Rows(
        fires=(
            "FROM fedora:43\nRUN dnf install curl",
            "FROM fedora:43\nRUN dnf5 install curl",
            "FROM fedora:43\nRUN dnf upgrade",
            "FROM fedora:43\nRUN dnf install -x y curl",
        ),
        silent=(
            "FROM fedora:43\nRUN dnf5 install -y curl",
            "FROM fedora:43\nRUN dnf -qy install curl",
            "FROM fedora:43\nRUN dnf --assumeyes install curl",
            "FROM fedora:43\nRUN dnf info curl",
        ),
    ),
    "multiple-cmd": Rows(
        fires=('CMD ["a"]\nCMD ["b"]', "CMD a\ncmd b"),
        silent=(
            'FROM debian:13 AS a\nCMD ["a"]\nFROM debian:13\nCMD ["b"]',
            'CMD ["a"]\nHEALTHCHECK CMD b',
            'CMD ["a"]\nONBUILD CMD ["b"]',
        ),
    ),
    "platform-in-from": Rows(
        fires=("FROM --platform=linux/amd64 debian:13",),
        silent=(
            "FROM --platform=$BUILDPLATFORM debian:13",
            "ARG P=linux/amd64\nFROM --platform=$P debian:13",
            "FROM --platform=$BUILDPLATFORM debian:13 AS b\nFROM debian:13",
        ),
    ),
}
