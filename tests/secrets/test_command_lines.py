"""Passwords on command lines: in RUN, CMD, ENTRYPOINT and HEALTHCHECK, in shell and exec form, in
here-documents, through a pipe. Each case is found once, by its exact text."""

from __future__ import annotations

import pytest

from hardening.model import FilePlace, Finding
from hardening.opening import memory_subject
from hardening.rules import rule_by_id

PW = "S3cret" + "pw9"
TOKEN = "S3cret" + "pw9abcdEF12"
RULES = tuple(
    rule
    for name in ("secret-in-run", "secret-in-instruction")
    if (rule := rule_by_id(name)) is not None
)

FOUND = """
RUN ["mysql", "-uroot", "-p@"]
RUN ["curl", "-u", "bob:@", "https://x.example"]
RUN ["sh", "-c", "mysql -uroot -p@"]
CMD ["mysql", "-uroot", "-p@"]
CMD mysql -uroot -p@
ENTRYPOINT ["redis-server", "--requirepass", "@"]
ENTRYPOINT ["app", "--db-password", "@"]
ENTRYPOINT ["app", "--password=@"]
ENTRYPOINT app --token %
HEALTHCHECK CMD curl -u bob:@ http://localhost/
HEALTHCHECK CMD ["mysqladmin", "ping", "-uroot", "-p@"]
HEALTHCHECK --interval=5s CMD mysqladmin ping -uroot -p@
ONBUILD RUN mysql -uroot -p@
ONBUILD CMD ["mysql", "-p@"]
RUN <<EOF|mysql -uroot -p@|EOF
RUN <<'EOF'|mysql -uroot -p@|EOF
COPY <<EOF /root/.netrc|machine a.example login bob password @|EOF
COPY <<EOF /root/.npmrc|//r.example/:_authToken=%|EOF
COPY <<EOF /app/.env|DB_PASSWORD=@|EOF
RUN cat > /root/.netrc <<EOF|machine a.example login bob password @|EOF
RUN cat <<EOF > /root/.netrc|machine a.example login bob password @|EOF
RUN echo @ | docker login -u bob --password-stdin r.example
RUN echo "@" | docker login -u bob --password-stdin r.example
RUN printf '%s' '@' | docker login -u bob --password-stdin
RUN docker login -u bob -p @ r.example
RUN docker login --username bob --password=@ r.example
RUN docker login -u=bob -p=@ r.example
RUN podman login -ubob -p@ r.example
RUN helm registry login r.example -u bob -p @
RUN skopeo login -u bob -p @ r.example
RUN curl -u bob:@ https://x.example
RUN curl -ubob:@ https://x.example
RUN curl --user "bob:@" https://x.example
RUN curl --user='bob:@' https://x.example
RUN curl -fsSLu bob:@ https://x.example
RUN curl -H "PRIVATE-TOKEN: %" https://x.example
RUN curl -H "X-JFrog-Art-Api: %" https://x.example
RUN curl -H 'X-API-Key: %' https://x.example
RUN curl --header "Authorization: token %" https://x.example
RUN wget --header="Authorization: Bearer %" https://x.example
RUN wget --header "Authorization: Bearer %" https://x.example
RUN wget --user=bob --password=@ https://x.example
RUN wget --http-user=bob --http-password @ https://x.example
RUN curl "https://x.example/?access_token=%"
RUN curl -d 'password=@&user=bob' https://x.example
RUN git clone https://%@git.example/a/b.git
RUN git clone https://oauth2:%@git.example/a/b.git
RUN git config --global url."https://%@git.example/".insteadOf "https://git.example/"
RUN git -c http.extraHeader="Authorization: Bearer %" clone https://git.example/a
RUN mysql -u root -p@ -e "select 1"
RUN mysqldump -uroot -p'@' db
RUN mysql -e "CREATE USER 'a'@'x' IDENTIFIED BY '@'"
RUN psql -c "ALTER USER postgres PASSWORD '@'"
RUN PGPASSWORD=@ psql -h db
RUN export PGPASSWORD=@ && psql -h db
RUN env MYSQL_PWD=@ mysql
RUN sshpass -p @ ssh bob@x.example
RUN sshpass -p@ ssh bob@x.example
RUN npm config set //registry.example/:_authToken %
RUN npm config set //registry.example/:_authToken=%
RUN npm config set '//registry.example/:_authToken' '%'
RUN npm ci --//registry.example/:_authToken=%
RUN yarn config set npmAuthToken %
RUN echo "//registry.example/:_authToken=%" > .npmrc
RUN pip install --index-url https://bob:@@pypi.example/simple x
RUN pip install -i https://%@pypi.example/simple x
RUN pip install git+https://%@git.example/a/b.git
RUN poetry config http-basic.foo bob @
RUN composer config -g github-oauth.github.example %
RUN bundle config gems.example bob:@
RUN aws configure set aws_secret_access_key %
RUN az login --service-principal -u app -p % --tenant t
RUN gh auth login --with-token <<< %
RUN dotnet nuget add source https://n.example/ -n a -u bob -p @ --store-password-in-clear-text
RUN twine upload -u bob -p @ dist/*
RUN mvn deploy -Dpassword=@
RUN openssl rsa -in k -passin pass:@ -out o
RUN keytool -importcert -storepass @ -file a
RUN unzip -P @ a.zip
RUN 7z x -p@ a.7z
RUN gpg --batch --passphrase @ -d a.gpg
RUN echo @ | gpg --batch --passphrase-fd 0 -d a.gpg
RUN lftp -u bob,@ ftp.example
RUN ldapsearch -D cn=a -w @
RUN smbclient //a/b -U bob%@
RUN redis-cli -a @ ping
RUN mongosh "mongodb://bob:@@db/a"
RUN vault login %
RUN htpasswd -bc /etc/nginx/.htpasswd bob @
RUN rabbitmqctl add_user bob @
RUN kubectl create secret generic a --from-literal=k=@
RUN bash -c "mysql -uroot -p@"
RUN sh -c 'curl -u bob:@ https://x.example'
RUN sudo -u app mysql -p@
RUN true && \\|  mysql \\|  -uroot -p@
"""

CLEAN = """
RUN ["mysql", "-uroot", "-p", "db"]
CMD ["redis-server", "--requirepass", ""]
CMD ["app", "--password-file", "/run/secrets/pw"]
CMD ["app", "--token-ttl", "3600"]
HEALTHCHECK CMD mysqladmin ping -uroot -p$MYSQL_ROOT_PASSWORD
HEALTHCHECK CMD curl -f http://localhost:8080/health
RUN mysql -uroot -p"$PW" db
RUN curl -u "bob:$(cat /run/secrets/pw)" https://x.example
RUN curl -u "$USER:$PW" https://x.example
RUN curl -H "Accept: application/json" -H "X-Auth-Token: $TOKEN" https://x.example
RUN curl -H 'Authorization: Bearer ${TOKEN}' https://x.example
RUN curl -o key.asc -fsSL https://x.example/key:latest
RUN docker build --secret id=npm,src=.npmrc .
RUN docker login -u bob --password-stdin < /run/secrets/pw
RUN cat /run/secrets/pw | docker login -u bob --password-stdin
RUN echo "$PW" | docker login -u bob --password-stdin
RUN mkdir -p /srv/data && cp -p a b && tar -xpf c.tar && ssh -p 2222 bob@x.example
RUN npm config set registry https://r.example/
RUN npm config set //r.example/:_authToken '${NPM_TOKEN}'
RUN vault login -method=github
RUN git clone https://git@git.example/a/b.git && git clone ssh://git@git.example/a
RUN pip install -i https://pypi.example/simple x
RUN gpg --batch --passphrase '' --gen-key k
RUN useradd -p '*' app
RUN openssl req -passout pass:$PASS -out o
RUN unzip -P "$ZIP_PASSWORD" a.zip
RUN apt-get install -y passwd libpam-passwdqc password-store
RUN helm install a b --set image.token=
"""


def text_of(case: str) -> str:
    case = case.replace("|", "\n") if "EOF" in case or "\\|" in case else case
    return f"# syntax=docker/dockerfile:1\nFROM alpine:3.22\n{case}\n"


def findings(text: str) -> list[Finding]:
    subject = memory_subject(text)
    return [finding for rule in RULES for finding in rule.run(subject)]


@pytest.mark.parametrize("case", FOUND.strip().splitlines())
def test_found(case: str) -> None:
    value = TOKEN if "%" in case.replace("'%s'", "").replace("bob%@", "@") else PW
    marked = case.replace("'%s'", "\0").replace("bob%@", "\1")
    marked = marked.replace("bob@x", "\2").replace("'a'@'x'", "\3")
    marked = marked.replace("%@", f"{TOKEN}\4").replace("@@", f"{PW}\4")
    marked = marked.replace("%", TOKEN).replace("@", PW)
    for mark, text in (("\0", "'%s'"), ("\1", f"bob%{PW}"), ("\2", "bob@x"),
                       ("\3", "'a'@'x'"), ("\4", "@")):  # fmt: skip
        marked = marked.replace(mark, text)
    text = text_of(marked)
    (finding,) = findings(text)
    place = finding.places[0]
    assert isinstance(place, FilePlace)
    assert place.span.slice(text) == value
    assert value not in finding.message
    assert all(value not in one.text for one in finding.evidence)


@pytest.mark.parametrize("case", CLEAN.strip().splitlines())
def test_clean(case: str) -> None:
    assert [one.message for one in findings(text_of(case))] == []
