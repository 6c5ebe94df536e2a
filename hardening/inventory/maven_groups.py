"""The group of Maven artifacts whose archives carry no `pom.properties`: those that Gradle, sbt or
Ant built. Facts of the public repository; a name ending in `*` stands for all that begin so."""

from __future__ import annotations

from functools import cache

_ARTIFACTS = {
    "org.springframework": (
        "spring-aop spring-aspects spring-beans spring-context spring-context-indexer"
        " spring-context-support spring-core spring-expression spring-instrument spring-jcl"
        " spring-jdbc spring-jms spring-messaging spring-orm spring-oxm spring-r2dbc spring-test"
        " spring-tx spring-web spring-webflux spring-webmvc spring-webmvc-portlet spring-websocket"
    ),
    "org.springframework.amqp": "spring-amqp spring-rabbit spring-rabbit-*",
    "org.springframework.batch": "spring-batch-*",
    "org.springframework.boot": "spring-boot spring-boot-*",
    "org.springframework.cloud": "spring-cloud-*",
    "org.springframework.data": "spring-data-*",
    "org.springframework.hateoas": "spring-hateoas",
    "org.springframework.integration": "spring-integration-*",
    "org.springframework.kafka": "spring-kafka",
    "org.springframework.ldap": "spring-ldap-core",
    "org.springframework.retry": "spring-retry",
    "org.springframework.security": "spring-security-*",
    "org.springframework.security.oauth": "spring-security-oauth spring-security-oauth2",
    "org.springframework.session": "spring-session-*",
    "org.springframework.ws": "spring-ws-*",
    "org.jetbrains.kotlin": "kotlin-stdlib kotlin-stdlib-* kotlin-reflect kotlin-compiler",
    "org.jetbrains.kotlinx": "kotlinx-coroutines-* kotlinx-serialization-*",
    "io.ktor": "ktor-*",
    "com.squareup.okhttp3": "okhttp okhttp-* mockwebserver logging-interceptor",
    "com.squareup.okio": "okio okio-jvm",
    "com.squareup.retrofit2": "retrofit",
    "com.linecorp.armeria": "armeria armeria-*",
    "io.micrometer": "micrometer-*",
    "io.grpc": "grpc-*",
    "io.opencensus": "opencensus-*",
    "io.opentelemetry": "opentelemetry-api opentelemetry-context opentelemetry-sdk"
    " opentelemetry-sdk-* opentelemetry-exporter-*",
    "io.projectreactor": "reactor-core",
    "io.projectreactor.netty": "reactor-netty reactor-netty-*",
    "io.reactivex.rxjava3": "rxjava3",
    "org.reactivestreams": "reactive-streams",
    "com.graphql-java": "graphql-java",
    "com.netflix.archaius": "archaius-core",
    "com.netflix.concurrency-limits": "concurrency-limits-*",
    "com.netflix.eureka": "eureka-client eureka-core",
    "com.netflix.hystrix": "hystrix-*",
    "com.netflix.ribbon": "ribbon ribbon-*",
    "com.netflix.zuul": "zuul-core",
    "io.zipkin.brave": "brave brave-*",
    "io.zipkin.reporter2": "zipkin-reporter zipkin-reporter-* zipkin-sender-*",
    "io.zipkin.zipkin2": "zipkin zipkin-collector zipkin-collector-* zipkin-storage-*",
    "org.apache.ant": "ant ant-launcher",
    "org.apache.derby": "derby derbyclient derbynet derbytools",
    "org.apache.kafka": "kafka-clients kafka-streams kafka_2.11 kafka_2.12 kafka_2.13",
    "org.apache.lucene": "lucene-*",
    "org.apache.solr": "solr-core solr-solrj",
    "org.apache.thrift": "libthrift",
    "org.apache.tomcat": "tomcat-catalina tomcat-coyote tomcat-jasper tomcat-util tomcat-api"
    " tomcat-juli tomcat-dbcp tomcat-websocket",
    "org.apache.tomcat.embed": "tomcat-embed-*",
    "org.elasticsearch": "elasticsearch elasticsearch-core elasticsearch-x-content",
    "org.elasticsearch.client": "elasticsearch-rest-client elasticsearch-rest-high-level-client",
    "org.opensearch": "opensearch opensearch-core opensearch-x-content",
    "org.codehaus.groovy": "groovy groovy-*",
    "org.codehaus.jackson": "jackson-core-asl jackson-mapper-asl jackson-jaxrs jackson-xc",
    "org.hibernate": "hibernate-core hibernate-entitymanager hibernate-envers hibernate-jcache",
    "org.bouncycastle": "bcprov-* bcpkix-* bcutil-* bcmail-* bcpg-* bctls-* bc-fips bctls-fips",
    "org.ow2.asm": "asm asm-analysis asm-commons asm-tree asm-util",
    "org.aspectj": "aspectjweaver aspectjrt aspectjtools",
    "org.checkerframework": "checker-qual",
    "com.github.spotbugs": "spotbugs-annotations",
    "com.github.jnr": "jffi jnr-ffi jnr-posix",
    "com.h2database": "h2",
    "com.mysql": "mysql-connector-j",
    "mysql": "mysql-connector-java",
    "com.oracle.database.jdbc": "ojdbc6 ojdbc8 ojdbc10 ojdbc11 ojdbc17",
    "org.hsqldb": "hsqldb",
    "org.junit.jupiter": "junit-jupiter junit-jupiter-*",
    "org.junit.platform": "junit-platform-*",
    "junit": "junit",
    "org.mockito": "mockito-core",
    "org.lz4": "lz4-java",
    "org.xerial.snappy": "snappy-java",
    "org.mozilla": "rhino",
    "org.python": "jython jython-standalone",
    "org.quartz-scheduler": "quartz quartz-jobs",
    "org.scala-lang": "scala-library scala-reflect scala-compiler scala3-library_3",
    "org.jdom": "jdom jdom2",
    "xerces": "xercesImpl",
    "xalan": "xalan serializer",
    "xml-apis": "xml-apis",
    "xpp3": "xpp3 xpp3_min",
    "xmlpull": "xmlpull",
    "cglib": "cglib cglib-nodep",
    "aopalliance": "aopalliance",
    "javax.inject": "javax.inject",
    "javax.servlet": "servlet-api javax.servlet-api jstl",
}
_OWN_NAME = (
    "commons-beanutils commons-cli commons-codec commons-collections commons-configuration"
    " commons-dbcp commons-digester commons-fileupload commons-httpclient commons-io"
    " commons-lang commons-logging commons-net commons-pool commons-validator"
)
"""Artifacts whose group has their own name."""

_MOVED = {
    "org.codehaus.groovy": (4, "org.apache.groovy"),
    "org.hibernate": (6, "org.hibernate.orm"),
}
"""Groups that changed their name with a major version."""

_TOMCAT = {"catalina": "tomcat-catalina", "jasper": "tomcat-jasper"}
"""Files of a Tomcat installation that are called otherwise in the repository."""


def placed(name: str, version: str, manifest_title: str) -> tuple[str, str]:
    """Group ("" where nothing is known) and name of an artifact, called `name` by its file."""
    if manifest_title == "Apache Tomcat":
        name = _TOMCAT.get(name, name)
    exact, beginnings = _tables()
    group = exact.get(name, "")
    if not group:
        parts = name.split("-")
        heads = ("-".join(parts[:count]) + "-" for count in range(len(parts) - 1, 0, -1))
        group = next((beginnings[head] for head in heads if head in beginnings), "")
    since, later = _MOVED.get(group, (0, ""))
    major = version.partition(".")[0]
    return (later if later and major.isdigit() and int(major) >= since else group), name


@cache
def _tables() -> tuple[dict[str, str], dict[str, str]]:
    exact = {name: name for name in _OWN_NAME.split()}
    beginnings: dict[str, str] = {}
    for group, names in _ARTIFACTS.items():
        for name in names.split():
            if name.endswith("*"):
                beginnings[name[:-1]] = group
            else:
                exact[name] = group
    return exact, beginnings
