"""Files, downloads, secrets and directories."""

from __future__ import annotations

from tests.rules.semantics import Rows

WINDOWS = "FROM mcr.microsoft.com/windows/servercore:ltsc2025"

ROWS: dict[str, Rows] = {
    "add-instead-of-copy": Rows(
        fires=(
            "ADD app.py /app/",
            "add . /app",
            "ADD --chown=1:1 a b /app/",
            'ADD ["a b", "/app/"]',
            "ONBUILD ADD . /app",
            "ENV D=src\nADD $D /app",
            "FROM debian:13 AS b\nADD . /app\nFROM debian:13",
        ),
        silent=(
            "COPY app.py /app/",
            "ADD https://a.example/x /x",
            "ARG U=https://a.example/x\nADD $U /x",
            "ADD git@github.com:a/b.git /src",
            "ADD https://github.com/a/b.git#main /src",
            "ADD rootfs.tar.gz /",
            "ARG V=1\nADD app-$V.tar.xz /",
            "ADD x.tgz y.tbz2 /",
            "ARG T=a.tar\nADD $T /",
        ),
        fixed=(
            ("ONBUILD ADD . /app", "ONBUILD COPY . /app"),
            ("add \\\n  # all\n  . /app", "copy \\\n  # all\n  . /app"),
        ),
    ),
    "relative-workdir": Rows(
        fires=(
            "WORKDIR app",
            "ARG D=app\nWORKDIR $D",
            "FROM debian:13 AS a\nWORKDIR /x\nFROM debian:13\nWORKDIR app",
        ),
        silent=(
            "WORKDIR /app",
            'WORKDIR "/app"',
            "ENV D=/app\nWORKDIR $D",
            "ENV D=/app\nWORKDIR ${D}/src",
            "WORKDIR $UNKNOWN",
            "WORKDIR ${D:-/app}",
            f"{WINDOWS}\nWORKDIR C:\\\\app",
            f"# escape=`\n{WINDOWS}\nWORKDIR C:\\app",
            f"{WINDOWS}\nWORKDIR c:/app",
        ),
    ),
    "copy-from-unknown-stage": Rows(
        fires=(
            "FROM debian:13 AS build\nFROM debian:13\nCOPY --from=biuld /x /x",
            "FROM debian:13\nCOPY --from=later /x /x\nFROM debian:13 AS later",
        ),
        silent=(
            "FROM debian:13 AS build\nFROM debian:13\nCOPY --from=build /x /x",
            "FROM debian:13 AS Build\nFROM debian:13\nCOPY --from=bUILD /x /x",
            "FROM debian:13\nFROM debian:13\nCOPY --from=0 /x /x",
            "COPY --from=nginx:1.30 /x /x",
        ),
    ),
    "curl-tls-verification-off": Rows(
        fires=(
            "RUN curl -k https://a.example/x",
            "RUN curl --insecure https://a.example/x",
            "RUN curl -fsSLk https://a.example/x",
            "RUN curl https://a.example/x -ko x",
            "RUN sudo sh -c 'curl -k https://a.example/x'",
            "RUN x=$(curl -k https://a.example/x)",
            "RUN for i in 1 2; do curl -k https://a.example/$i; done",
            'HEALTHCHECK CMD true\nRUN ["curl", "-k", "https://a.example/x"]',
            'ARG F="-k -s"\nRUN curl $F https://a.example/x',
        ),
        silent=(
            "RUN curl -fsSL https://a.example/x",
            "RUN curl -okey https://a.example/x",
            "RUN curl -Hkey:1 https://a.example/x",
            "RUN curl --no-insecure https://a.example/x",
            "RUN echo curl -k",
            f"{WINDOWS}\nRUN curl -k https://a.example/x",
        ),
        fixed=(
            ("RUN curl -fsSLk https://a.example/x", "RUN curl -fsSL https://a.example/x"),
            ("RUN curl -k \\\n  https://a.example/x", "RUN curl \\\n  https://a.example/x"),
        ),
    ),
    "sudo-used": Rows(
        fires=(
            "RUN sudo apt-get update",
            "RUN set -e; sudo -u app make",
            "RUN if true; then sudo make; fi",
            "RUN <<EOF\nsudo make\nEOF",
            'CMD ["sudo", "x"]',
        ),
        silent=(
            "RUN echo sudo",
            "RUN make # sudo",
            f"{WINDOWS}\nRUN sudo x",
        ),
    ),
    "world-writable-mode": Rows(
        fires=(
            "RUN chmod 777 /app",
            "RUN chmod -R 0777 /app",
            "RUN chmod -R a+rwx /app",
            "RUN chmod o+w /app",
            "RUN chmod ugo=rwx /app",
            "RUN chmod a=rwX,g-w /app",
            "COPY --chmod=777 . /app",
            "ARG M=777\nCOPY --chmod=$M . /app",
            'RUN ["chmod", "777", "/app"]',
            "RUN find /app -type d -exec chmod 777 {} +",
            "RUN find /app -type d | xargs chmod 777",
            "RUN install -m 777 x /x",
            "RUN mkdir -m 777 /app",
        ),
        silent=(
            "RUN chmod 755 /app",
            "RUN chmod 1777 /tmp",
            "RUN chmod u+rwx,g+w /app",
            "RUN chmod o-w /app",
            "RUN chmod +w /app",
            "COPY --chmod=0755 . /app",
            "FROM debian:13 AS b\nRUN chmod 777 /app\nFROM debian:13",
        ),
    ),
    "plain-http-download": Rows(
        fires=(
            "RUN curl -fsSLO http://a.example/x",
            "RUN wget http://a.example/x",
            "ADD http://a.example/x /x",
            "ARG U=http://a.example\nRUN curl -fsSLO $U/x",
        ),
        silent=(
            "RUN curl -fsSLO https://a.example/x",
            "RUN curl -fsS http://localhost:8080/",
            "RUN curl -fsS http://127.0.0.1/",
            "HEALTHCHECK CMD curl -f http://localhost/",
            "RUN curl -x http://proxy.example:3128 -fsSLO https://a.example/x",
            "RUN curl -H 'Referer: http://a.example' -fsSLO https://a.example/x",
            "RUN echo http://a.example/x",
        ),
    ),
    "secret-in-env": Rows(
        fires=(
            "ENV DB_PASSWORD=hunter2x9",
            "ENV A=b API_TOKEN=s3cr3tv4lu3",
            "env SECRET_KEY s3cr3tv4lu3",
            "ARG T=s3cr3tv4lu3\nENV API_TOKEN=$T",
        ),
        silent=(
            "ENV DB_PASSWORD_FILE=/run/secrets/db",
            "ENV TOKEN_URL=https://a.example/token",
            "ENV MYSQL_ALLOW_EMPTY_PASSWORD=yes",
            "ENV PASSWORD_MIN_LENGTH=12",
        ),
    ),
    "secret-in-arg": Rows(
        fires=(
            "ARG API_TOKEN",
            "ARG NPM_TOKEN=\nRUN echo $NPM_TOKEN > ~/.npmrc",
        ),
        silent=(
            "ARG TOKEN_URL=https://a.example/token",
            "ARG VERSION=1",
            "RUN --mount=type=secret,id=t cat /run/secrets/t",
        ),
    ),
}
