"""Formats of language model services, hosting platforms and cluster software."""

from __future__ import annotations

from typing import Final

from hardening.model import Severity
from hardening.secrets.formats import Format, keyed, token

_C, _H, _M, _L = Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW
_UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_AI = "Delete the key in the provider's console, make a new one with a limit, check the bill."
_PANEL = "Revoke it in the service's settings, make a new one, and look for its use in the logs."
_IBM = "Delete the key in the console (IAM, or the credentials of the service) and make a new one."
_CLUSTER = "Make a new one on a manager or control plane node, and look for nodes that joined."

FORMATS: Final[tuple[Format, ...]] = (
    token("openrouter-key", "OpenRouter API key", "openrouter", "sk-or-v1-[a-f0-9]{64}", _H, _AI),
    token("xai-key", "xAI API key", "xai", "xai-[A-Za-z0-9]{80}", _H, _AI),
    token("langsmith-key", "LangSmith API key", "langsmith",
          "lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}", _H, _AI, prefix="lsv2_"),
    token("langfuse-secret-key", "Langfuse secret key", "langfuse", f"sk-lf-{_UUID}", _H, _AI),
    token("pinecone-key", "Pinecone API key", "pinecone",
          "pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}", _H, _AI),
    token("elevenlabs-key", "ElevenLabs API key", "elevenlabs", "sk_[a-f0-9]{48}", _H, _AI),
    token("firebase-messaging-key", "Firebase messaging server key", "google",
          "AAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{134}", _H, _PANEL,
          prefix="", keywords=(":apa91b",), trigger=":APA91b[A-Za-z0-9_-]{8}"),
    token("aws-session-token", "AWS session token", "aws",
          "IQoJb3JpZ2lu[A-Za-z0-9/+=]{100,1000}", _M, _PANEL, bounded=False),
    token("azure-shared-access-key", "Azure shared access key", "azure",
          "(?i:SharedAccessKey)=([A-Za-z0-9+/]{43}=)", _C, _PANEL, prefix="",
          keywords=("sharedaccesskey",), bounded=False),
    keyed("ibm-cloud-key", "IBM Cloud API key", "ibm",
          "ibm[-_]?cloud|ibm[-_]?iam|ibm[-_]?key|ibm[-_]?pass|ibm[-_]?pwd|ibm[-_]?api",
          "[A-Za-z0-9_-]{44}", _H, _IBM),
    keyed("ibm-cos-secret", "IBM Cloud Object Storage secret key", "ibm",
          "ibm[-_]?cos|cos[-_]?hmac|cos[-_]?secret", "[a-f0-9]{48}", _H, _IBM),
    keyed("softlayer-key", "SoftLayer API key", "ibm", "softlayer|sl[-_]?api|sl[-_]?key",
          "[a-z0-9]{64}", _H, _IBM),
    keyed("cloudant-password", "Cloudant password or API key", "ibm", "cloudant|clou_",
          "[a-f0-9]{64}|[a-z]{24}", _H, _IBM),
    keyed("sourcegraph-token-keyed", "Sourcegraph access token", "sourcegraph", "sourcegraph",
          "[a-fA-F0-9]{40}", _H, _PANEL),
    token("twitter-bearer-token", "Twitter bearer token", "twitter",
          "AAAAAAAAAAAAAAAAAAAAAA[A-Za-z0-9%]{80,100}", _H, _PANEL),
    token("facebook-app-token", "Facebook app access token", "facebook",
          r"(?:[^\d]|^)(\d{15,16}(?:\||%7C)[A-Za-z0-9_-]{27})", _H, _PANEL, prefix="",
          keywords=("|", "%7c"), trigger=r"\d{8}(?:\||%7C)[A-Za-z0-9_-]{16}"),
    token("figma-token", "Figma personal access token", "figma", "figd_[A-Za-z0-9_-]{40}", _H,
          _PANEL),
    token("render-key", "Render API key", "render", "rnd_[A-Za-z0-9]{28,32}", _H, _PANEL),
    token("posthog-key", "PostHog personal API key", "posthog", "phx_[A-Za-z0-9]{43,47}", _H,
          _PANEL),
    token("razorpay-key", "Razorpay live key id", "razorpay", "rzp_live_[A-Za-z0-9]{14}", _M,
          _PANEL),
    token("mercadopago-token", "Mercado Pago access token", "mercadopago",
          r"APP_USR-\d{12,19}-\d{6}-[a-f0-9]{32}-\d{6,12}", _H, _PANEL),
    keyed("nats-seed", "NATS key seed", "nats", "nats|nkey|seed", "S[UAOCNX][A-Z2-7]{56}", _C,
          "Make a new key, replace its public half in the account or server, remove the old one.",
          start="S[UAOCNX][A-Z2-7]{8}"),
    token("swarm-join-token", "Docker Swarm join token", "swarm",
          "SWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}", _C, _CLUSTER),
    keyed("kubeadm-token", "Kubernetes bootstrap token", "kubernetes",
          "kubeadm|bootstrap[-_]?token", r"[a-z0-9]{6}\.[a-z0-9]{16}", _H, _CLUSTER,
          start=r"[a-z0-9]{6}\.[a-z0-9]{8}"),
    token("openvpn-static-key", "OpenVPN static key", "openvpn",
          r"-----BEGIN OpenVPN Static key V1-----\s{1,4}([0-9a-f\s]{512,700})", _C,
          "Make a new key on both ends, or better certificates for each client.", prefix="",
          keywords=("begin openvpn static key",), bounded=False, entropy=2.5,
          trigger="-----BEGIN OpenVPN Static key V1-----"),
)  # fmt: skip
