"""The shapes of secrets that have a fixed prefix or form, as a table (ADR-027).

Lengths are lower than those that the services use, because a secret that is cut or reformatted is still a secret. Facts
are from the documentation of the services and from the rules of gitleaks, TruffleHog and GitHub secret scanning.
"""

from typing import NamedTuple

_ANY = r"[A-Za-z0-9_-]"
_WORD = r"[A-Za-z0-9]"
_BASE64 = r"[A-Za-z0-9+/=_-]"
_HEX = r"[A-Fa-f0-9]"
_UUID = r"[A-Fa-f0-9]{8}(?:-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}"
_LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
ALONE = r"(?![A-Za-z0-9])"
"""Behind a short prefix, which otherwise would be found inside words; an underscore may precede it."""
APART = r"(?![A-Za-z0-9_-])"
"""Behind a prefix that must start a word."""
NOT_BEFORE = {ALONE: frozenset(_LETTERS_AND_DIGITS), APART: frozenset(_LETTERS_AND_DIGITS + "_-")}
"""The same as sets of characters, which is faster."""


class Shape(NamedTuple):
    """The shape of a kind of secret: one of the `prefixes` (words), and the pattern `after` it.

    If `after` has the group `secret`, only this is the secret. `behind` is the pattern of the text before the prefix,
    read backwards; what it matches belongs to the secret. `service` issues such secrets.
    """

    kind: str
    prefixes: str
    after: str
    service: str
    behind: str = ""


SHAPES = (
    # Clouds
    Shape("aws-key", "AKIA ASIA ABIA ACCA AGPA AIDA AIPA ANPA ANVA AROA A3T", r"[A-Z0-9]{16,20}(?![A-Za-z0-9])", "AWS"),
    Shape("aws-key", "ABSK", rf"{_BASE64}{{60,}}", "Amazon Bedrock", ALONE),
    Shape("aws-key", "bedrock-api-key-", rf"{_BASE64}{{20,}}", "Amazon Bedrock"),
    Shape("aws-key", "amzn.mws.", _UUID, "Amazon Marketplace"),
    Shape("aws-key", "FwoGZXIvYXdz IQoJb3JpZ2lu", rf"{_BASE64}{{40,}}", "AWS session tokens"),
    Shape("gcp-key", "AIza", rf"{_ANY}{{30,}}", "Google"),
    Shape("gcp-key", "AQ.Ab", rf"{_ANY}{{30,}}", "Google Gemini", ALONE),
    Shape("gcp-key", "ya29.", rf"{_ANY}{{20,}}", "Google OAuth"),
    Shape("gcp-key", "1//0", rf"{_ANY}{{30,}}", "Google OAuth refresh tokens", ALONE),
    Shape("google-client-secret", "GOCSPX-", rf"{_ANY}{{20,}}", "Google"),
    Shape("gcp-key", "GOOG1 GOOG", r"[A-Z0-9]{20,}", "Google Cloud Storage HMAC", ALONE),
    Shape("azure-key", "AccountKey= SharedAccessKey= SharedAccessSignature=", r"(?P<secret>[^\s;\"']{16,})", "Azure"),
    Shape(
        "azure-key", "Q~", r"[A-Za-z0-9_.~-]{30,40}", "Microsoft Entra", r"[0-9][A-Za-z0-9_~.-]{3}(?![A-Za-z0-9_~.-])"
    ),
    Shape("azure-key", "JQQJ99 AzCa AzFu AzSe ABAg", rf"{_WORD}{{10,}}", "Azure services", r"[A-Za-z0-9+/]{20,70}"),
    Shape(
        "azure-key",
        "+ASt +AMC +ARm +AIoT +ACR +AEh",
        r"[A-Za-z0-9+/]{5,12}={0,2}",
        "Azure services",
        r"[A-Za-z0-9+/]{30,80}",
    ),
    Shape("alibaba-key", "LTAI", rf"{_WORD}{{12,}}", "Alibaba Cloud", ALONE),
    Shape("tencent-key", "AKID", rf"{_WORD}{{28,}}", "Tencent Cloud", ALONE),
    Shape("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_ dosvc_", rf"{_HEX}{{32,}}", "DigitalOcean"),
    Shape("cloudflare-token", "v1.0-", rf"{_HEX}{{24}}-{_HEX}{{40,}}", "Cloudflare", ALONE),
    Shape("cloudflare-token", "cfut_ cfat_ cfk_", rf"{_WORD}{{30,}}", "Cloudflare"),
    Shape("heroku-key", "HRKU-", rf"{_ANY}{{30,}}", "Heroku"),
    Shape("flyio-token", "fo1_ fm1r_ fm1a_ fm2_", rf"{_BASE64}{{30,}}", "Fly.io"),
    Shape("netlify-token", "nfp_ nfc_ nfo_ nfb_ nfu_", rf"{_ANY}{{30,}}", "Netlify"),
    Shape("vercel-token", "vcp_ vci_ vca_ vcr_ vck_", rf"{_WORD}{{20,}}", "Vercel"),
    Shape("vercel-token", "vercel_blob_rw_", rf"{_ANY}{{16,}}", "Vercel"),
    Shape("render-key", "rnd_", rf"{_WORD}{{20,}}", "Render", ALONE),
    Shape("scalingo-token", "tk-us-", rf"{_ANY}{{30,}}", "Scalingo"),
    Shape("scaleway-key", "SCW", r"[A-Z0-9]{17}(?![A-Za-z0-9])", "Scaleway", ALONE),
    Shape("yandex-key", "AQVN", rf"{_ANY}{{30,}}", "Yandex Cloud", ALONE),
    Shape("yandex-key", "YC", rf"{_ANY}{{36,40}}(?![A-Za-z0-9_-])", "Yandex Cloud", ALONE),
    Shape("yandex-key", "y0_ t1.", r"[A-Za-z0-9_.=-]{40,}", "Yandex", ALONE),
    Shape("openshift-token", "sha256~", rf"{_ANY}{{30,}}", "OpenShift"),
    Shape("oracle-key", "ocid1.credential.", r"[a-z0-9.]{30,}", "Oracle Cloud"),
    Shape("ibm-key", "ApiKey-", _UUID, "IBM Cloud"),
    # Code, packages and CI
    Shape("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9_.-]{20,}", "GitHub"),
    Shape("github-token", "github_pat_", r"[A-Za-z0-9_]{22,}", "GitHub"),
    Shape(
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glcbt- glwt-",
        r"[A-Za-z0-9_.=-]{16,}",
        "GitLab",
    ),
    Shape("gitlab-token", "GR1348941", rf"{_ANY}{{16,}}", "GitLab"),
    Shape("gitlab-token", "_gitlab_session=", r"(?P<secret>[0-9a-f]{16,})", "GitLab"),
    Shape("bitbucket-token", "ATBB ATCTT", r"[A-Za-z0-9_=-]{20,}", "Bitbucket", ALONE),
    Shape("bitbucket-token", "BBDC-", r"[A-Za-z0-9+/@_-]{30,}", "Bitbucket"),
    Shape("atlassian-token", "ATATT3 ATSTT3 ATOATT", r"[A-Za-z0-9_=-]{30,}", "Atlassian"),
    Shape("npm-token", "npm_", rf"{_WORD}{{20,}}", "npm"),
    Shape("pypi-token", "pypi-", rf"{_ANY}{{40,}}", "PyPI"),
    Shape("rubygems-token", "rubygems_", rf"{_HEX}{{32,}}", "RubyGems"),
    Shape("crates-token", "cio", rf"{_WORD}{{32}}(?![A-Za-z0-9])", "crates.io", ALONE),
    Shape("clojars-token", "CLOJARS_", rf"{_WORD}{{40,}}", "Clojars"),
    Shape("nuget-key", "oy2", r"[a-z0-9]{43}(?![A-Za-z0-9])", "NuGet", ALONE),
    Shape("packagist-token", "packagist_ack_ packagist_uut_ packagist_out_ packagist_", rf"{_HEX}{{30,}}", "Packagist"),
    Shape("jfrog-token", "AKCp cmVmd", rf"{_WORD}{{40,}}", "JFrog Artifactory", ALONE),
    Shape("docker-token", "dckr_pat_ dckr_oat_", rf"{_ANY}{{20,}}", "Docker"),
    Shape("buildkite-token", "bkua_ bkat_ bkct_ bkpt_ bkaj_", rf"{_WORD}{{24,}}", "Buildkite"),
    Shape("circleci-token", "CCIPAT_ CCIPRJ_", rf"{_WORD}{{10,}}_{_HEX}{{20,}}", "CircleCI"),
    Shape("drone-token", "droneci_", rf"{_WORD}{{20,}}", "Drone"),
    Shape("terraform-token", ".atlasv1.", r"[A-Za-z0-9_=-]{40,}", "HCP Terraform", rf"{_WORD}{{10,14}}"),
    Shape("pulumi-token", "pul-", rf"{_HEX}{{32,}}", "Pulumi"),
    Shape("spacelift-token", "sl_pat_", rf"{_WORD}{{20,}}", "Spacelift"),
    Shape("infracost-key", "ico-", rf"{_WORD}{{28,}}", "Infracost", ALONE),
    Shape("sonar-token", "sqp_ squ_ sqa_ sqb_", rf"{_WORD}{{30,}}", "SonarQube"),
    Shape("sourcegraph-token", "sgp_ slk_ sgs_ sgd_", rf"(?:(?:{_HEX}{{16}}|local)_)?{_HEX}{{30,}}", "Sourcegraph"),
    Shape("codeclimate-token", "cctoken_", rf"{_ANY}{{20,}}", "Code Climate"),
    Shape("octopus-key", "API-", r"[A-Z0-9]{24,34}(?![A-Za-z0-9])", "Octopus Deploy", ALONE),
    Shape("harness-token", "pat. sat.", rf"{_ANY}{{20,24}}\.{_WORD}{{20,26}}\.{_WORD}{{16,24}}", "Harness", ALONE),
    Shape("azure-devops-token", "AZDO", rf"{_WORD}{{4}}(?![A-Za-z0-9])", "Azure DevOps", rf"{_WORD}{{70,80}}"),
    Shape("snyk-token", "snyk_uat. snyk_sat.", r"[A-Za-z0-9_.-]{20,}", "Snyk"),
    Shape("postman-key", "PMAK-", rf"{_HEX}{{20,}}-{_HEX}{{28,}}", "Postman"),
    Shape("postman-key", "PMAT-", rf"{_WORD}{{20,}}", "Postman"),
    Shape("readme-key", "rdme_", rf"{_WORD}{{30,}}", "ReadMe"),
    Shape("prefect-key", "pnu_ pnb_", rf"{_WORD}{{30,}}", "Prefect"),
    Shape("databricks-token", "dapi dkea dose", rf"{_HEX}{{32}}(?:-[0-9])?(?![A-Za-z0-9])", "Databricks", ALONE),
    Shape("gitea-token", "gta_", rf"{_WORD}{{30,}}", "Gitea", ALONE),
    # AI
    Shape("anthropic-key", "sk-ant-", rf"{_ANY}{{20,}}", "Anthropic"),
    Shape("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-service- sess-", rf"{_ANY}{{20,}}", "OpenAI", ALONE),
    Shape("openai-key", "sk-", rf"(?:[a-z0-9]{{2,12}}-)?{_WORD}{{16,}}{_ANY}*", "OpenAI", ALONE),
    Shape("openai-key", "T3BlbkFJ", rf"{_ANY}{{16,}}", "OpenAI", rf"{_ANY}{{16,80}}"),
    Shape("openrouter-key", "sk-or-v1-", rf"{_HEX}{{32,}}", "OpenRouter"),
    Shape("langfuse-key", "sk-lf-", _UUID, "Langfuse"),
    Shape("huggingface-token", "hf_ api_org_", rf"{_WORD}{{30,}}", "Hugging Face"),
    Shape("groq-key", "gsk_", rf"{_WORD}{{30,}}", "Groq"),
    Shape("xai-key", "xai-", rf"{_ANY}{{40,}}", "xAI"),
    Shape("perplexity-key", "pplx-", rf"{_WORD}{{30,}}", "Perplexity"),
    Shape("replicate-token", "r8_", rf"{_ANY}{{30,}}", "Replicate"),
    Shape("nvidia-key", "nvapi-", rf"{_ANY}{{30,}}", "NVIDIA"),
    Shape("langsmith-key", "lsv2_pt_ lsv2_sk_ ls__", rf"{_HEX}{{30,}}(?:_{_HEX}{{8,}})?", "LangSmith"),
    Shape("pinecone-key", "pcsk_", rf"{_ANY}{{30,}}", "Pinecone"),
    Shape("fireworks-key", "fw_", rf"{_WORD}{{20,}}", "Fireworks AI", ALONE),
    Shape("together-key", "tgp_v1_", rf"{_ANY}{{30,}}", "Together AI"),
    Shape("cerebras-key", "csk-", rf"{_WORD}{{30,}}", "Cerebras", ALONE),
    Shape("elevenlabs-key", "sk_", rf"{_HEX}{{40,}}", "ElevenLabs", ALONE),
    Shape("voyage-key", "pa-", rf"{_ANY}{{40,}}", "Voyage AI", ALONE),
    Shape("jina-key", "jina_", rf"{_ANY}{{30,}}", "Jina AI"),
    Shape("tavily-key", "tvly-", rf"{_ANY}{{20,}}", "Tavily"),
    Shape("firecrawl-key", "fc-", rf"{_HEX}{{32}}(?![A-Za-z0-9])", "Firecrawl", ALONE),
    Shape("apify-token", "apify_api_", rf"{_WORD}{{20,}}", "Apify"),
    Shape("helicone-key", "sk-helicone-", rf"{_ANY}{{20,}}", "Helicone"),
    Shape("deepgram-key", "dg_", rf"{_WORD}{{30,}}", "Deepgram", ALONE),
    Shape("wandb-key", "wandb_v1_ local-wandb-", rf"{_ANY}{{30,}}", "Weights & Biases"),
    Shape("cohere-key", "co_", rf"{_WORD}{{36,}}", "Cohere", ALONE),
    Shape("baseten-key", "bt_api_", rf"{_WORD}{{20,}}", "Baseten"),
    Shape("salad-key", "salad_cloud_", rf"{_WORD}{{1,7}}_{_WORD}{{7,}}", "Salad Cloud"),
    # Chat and mail
    Shape(
        "slack-token",
        "xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xoxc- xoxd- xoxe. xapp-",
        r"[A-Za-z0-9.%+/=-]{10,}",
        "Slack",
    ),
    Shape(
        "slack-token", "hooks.slack.com/", r"(?:services|workflows|triggers)/(?P<secret>[A-Za-z0-9+/]{20,})", "Slack"
    ),
    Shape("teams-webhook", "webhook.office.com/", r"webhookb?2?/(?P<secret>[A-Za-z0-9@/-]{40,})", "Microsoft Teams"),
    Shape("teams-webhook", "logic.azure.com", r"(?::443)?/workflows/(?P<secret>[^\s\"'<>]{40,})", "Microsoft Teams"),
    Shape(
        "discord-webhook",
        "discord.com/api/ discordapp.com/api/",
        rf"(?:v[0-9]+/)?webhooks/[0-9]{{10,}}/(?P<secret>{_ANY}{{30,}})",
        "Discord",
    ),
    Shape("discord-token", "mfa.", rf"{_ANY}{{60,}}", "Discord", ALONE),
    Shape("telegram-token", ":AA", rf"{_ANY}{{30,}}", "Telegram", r"[0-9]{5,16}(?![0-9])"),
    Shape("google-chat-webhook", "chat.googleapis.com/", r"v1/spaces/(?P<secret>[^\s\"'<>]{30,})", "Google Chat"),
    Shape("zapier-webhook", "hooks.zapier.com/hooks/", r"catch/(?P<secret>[A-Za-z0-9/]{10,})", "Zapier"),
    Shape("mattermost-webhook", "/hooks/", r"(?P<secret>[a-z0-9]{26})(?![A-Za-z0-9])", "Mattermost"),
    Shape("sendgrid-key", "SG.", rf"{_ANY}{{16,}}\.{_ANY}{{16,}}", "SendGrid"),
    Shape("mailgun-key", "key- pubkey-", rf"{_HEX}{{32}}(?![A-Za-z0-9])", "Mailgun", ALONE),
    Shape("mailchimp-key", "-us", r"[0-9]{1,2}(?![A-Za-z0-9])", "Mailchimp", rf"{_HEX}{{32}}(?![A-Za-z0-9])"),
    Shape("brevo-key", "xkeysib- xsmtpsib-", rf"{_HEX}{{40,}}-{_WORD}{{10,}}", "Brevo"),
    Shape("resend-key", "re_", r"(?=[A-Za-z_]{0,40}[0-9])[A-Za-z0-9_]{24,}", "Resend", ALONE),
    Shape("postmark-token", "PMT", rf"{_WORD}{{32,}}", "Postmark", ALONE),
    Shape("twilio-key", "SK AC", r"[0-9a-f]{32}(?![A-Za-z0-9])", "Twilio", ALONE),
    Shape("intercom-token", "dG9rO", rf"{_BASE64}{{30,}}", "Intercom", ALONE),
    Shape("sinch-key", "sinch_", rf"{_ANY}{{20,}}", "Sinch", ALONE),
    Shape("courier-key", "pk_prod_ dk_prod_ pk_test_ dk_test_", r"[A-Z0-9]{24,}", "Courier"),
    # Payment and shops
    Shape(
        "stripe-key",
        "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_ sk_org_ ak_live_ whsec_",
        r"[A-Za-z0-9_+/=]{14,}",
        "Stripe",
    ),
    Shape("stripe-key", "_secret_", rf"{_WORD}{{20,}}", "Stripe", rf"{_WORD}{{16,60}}_(?:ip|ites|sc)"),
    Shape("square-token", "sq0atp- sq0csp- sq0idp- sq0isp-", rf"{_ANY}{{20,}}", "Square"),
    Shape("square-token", "EAAA", rf"{_ANY}{{40,}}", "Square", ALONE),
    Shape(
        "paypal-token", "access_token$production$ access_token$sandbox$", rf"{_WORD}{{8,}}\${_HEX}{{20,}}", "Braintree"
    ),
    Shape("shopify-token", "shpat_ shpca_ shppa_ shpss_ shptka_ shpua_ shltm_", rf"{_ANY}{{30,}}", "Shopify"),
    Shape("razorpay-key", "rzp_live_ rzp_test_", rf"{_WORD}{{10,}}", "Razorpay"),
    Shape("flutterwave-key", "FLWSECK_TEST- FLWSECK- FLWPUBK_TEST- FLWSECK_", rf"{_ANY}{{12,}}", "Flutterwave"),
    Shape("paystack-key", "sk_live_ sk_test_", rf"{_HEX}{{30,}}", "Paystack"),
    Shape("plaid-token", "access-sandbox- access-development- access-production-", _UUID, "Plaid"),
    Shape("gocardless-token", "live_ sandbox_", rf"{_ANY}{{36,}}", "GoCardless", ALONE),
    Shape("lob-key", "live_ test_ live_pub_ test_pub_", rf"{_HEX}{{28,}}", "Lob", ALONE),
    Shape("easypost-key", "EZAK EZTK", rf"{_WORD}{{40,}}", "EasyPost", ALONE),
    Shape("shippo-token", "shippo_live_ shippo_test_", rf"{_HEX}{{30,}}", "Shippo"),
    Shape("duffel-token", "duffel_live_ duffel_test_", r"[A-Za-z0-9_=-]{30,}", "Duffel"),
    Shape("ramp-key", "ramp_sec_ ramp_tok_", rf"{_WORD}{{30,}}", "Ramp"),
    Shape("adyen-key", "AQE", rf"{_BASE64}{{60,}}", "Adyen", ALONE),
    Shape("mollie-key", "live_ test_", rf"{_WORD}{{30}}(?![A-Za-z0-9])", "Mollie", ALONE),
    Shape("lemonsqueezy-key", "lmsq_", rf"{_WORD}{{20,}}", "Lemon Squeezy"),
    Shape("coinbase-key", "organizations/", rf"{_UUID}/apiKeys/{_UUID}", "Coinbase"),
    Shape("checkout-key", "sk_sbox_", rf"{_ANY}{{20,}}", "Checkout.com"),
    Shape("paddle-key", "pdl_live_apikey_ pdl_sdbx_apikey_ pdl_ntfset_", rf"{_ANY}{{20,}}", "Paddle"),
    # Monitoring and operation
    Shape("grafana-token", "glsa_ glc_ eyJrIjoi", rf"{_BASE64}{{30,}}", "Grafana"),
    Shape("newrelic-key", "NRAK- NRII- NRIQ- NRAA- NRRA- NRBR- NRJS- NRAL-", rf"{_ANY}{{16,}}", "New Relic"),
    Shape("newrelic-key", "NRAL", r"(?![A-Za-z0-9])", "New Relic", r"[A-Fa-f0-9x]{30,40}(?:10ue)?(?![A-Za-z0-9])"),
    Shape("sentry-token", "sntrys_ sntryu_ sntrya_ sntryi_", rf"{_BASE64}{{30,}}", "Sentry"),
    Shape(
        "dynatrace-token",
        "dt0c01. dt0s01. dt0s02. dt0s03. dt0s04. dt0s06. dt0s08. dt0s16.",
        r"[A-Z0-9a-z]{8,}\.[A-Z0-9a-z]{30,}",
        "Dynatrace",
    ),
    Shape("posthog-key", "phx_ phs_ phc_", rf"{_WORD}{{30,}}", "PostHog", ALONE),
    Shape("honeycomb-key", "hcaik_ hcbik_ hcxik_ hcalk_ hcamk_ hcxmk_", rf"{_WORD}{{30,}}", "Honeycomb"),
    Shape("datadog-key", "ddapp_ ddpat_ ddoat_ pub", r"[A-Za-z0-9]{30,}", "Datadog", ALONE),
    Shape("pagerduty-key", "u+", r"[A-Za-z0-9_+-]{18}(?![A-Za-z0-9])", "PagerDuty", ALONE),
    Shape("rootly-key", "rootly_", rf"{_HEX}{{40,}}", "Rootly"),
    Shape("incident-key", "inc_", rf"{_HEX}{{40,}}", "incident.io", ALONE),
    Shape("axiom-token", "xaat- xapt-", _UUID, "Axiom"),
    Shape("betterstack-token", "bstk_", rf"{_WORD}{{20,}}", "Better Stack"),
    Shape("checkly-key", "cu_", rf"{_HEX}{{30,}}", "Checkly", ALONE),
    Shape("launchdarkly-key", "sdk- mob- api-", _UUID, "LaunchDarkly", ALONE),
    Shape("logfire-token", "pylf_v1_", rf"{_ANY}{{20,}}", "Logfire"),
    Shape("segment-key", "sgp_", rf"{_WORD}{{40,}}", "Segment"),
    Shape("statsig-key", "secret-", rf"{_WORD}{{30,}}", "Statsig", ALONE),
    Shape("configcat-key", "configcat-sdk-1/ configcat-proxy/", rf"{_ANY}{{16,}}(?:/{_ANY}{{16,}})?", "ConfigCat"),
    Shape("meraki-key", "meraki_", rf"{_HEX}{{30,}}", "Cisco Meraki"),
    Shape("tailscale-key", "tskey-", rf"{_ANY}{{20,}}", "Tailscale"),
    Shape("ngrok-token", "cr_ ak_", rf"{_WORD}{{27}}(?![A-Za-z0-9])", "ngrok", ALONE),
    Shape("defined-networking-token", "dnkey-", r"[A-Za-z0-9_=-]{20,}", "Defined Networking"),
    Shape("netbird-token", "nbp_", rf"{_WORD}{{30,}}", "NetBird"),
    # Secret stores and identity
    Shape("vault-token", "hvs. hvb. hvr.", rf"{_ANY}{{20,}}", "HashiCorp Vault"),
    Shape("vault-token", "s. b. r.", rf"{_WORD}{{24}}(?![A-Za-z0-9])", "HashiCorp Vault", r"(?![A-Za-z0-9_.-])"),
    Shape("1password-key", "A3-", r"[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-){1,5}[A-Z0-9]{5}", "1Password", ALONE),
    Shape("1password-key", "ops_", rf"{_BASE64}{{60,}}", "1Password", ALONE),
    Shape("doppler-token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", r"[A-Za-z0-9_.-]{30,}", "Doppler"),
    Shape("infisical-token", "st.", rf"{_HEX}{{16,}}\.{_HEX}{{16,}}\.{_HEX}{{16,}}", "Infisical", ALONE),
    Shape("bitwarden-token", "0.", rf"{_UUID}\.{_WORD}{{20,}}:{_BASE64}{{16,}}", "Bitwarden", ALONE),
    Shape("akeyless-key", "p-", rf"{_WORD}{{12}}/{_BASE64}{{20,}}", "Akeyless", ALONE),
    Shape("age-key", "AGE-SECRET-KEY-1 AGE-PLUGIN-", r"[0-9A-Z-]{20,}", "age"),
    Shape("auth0-token", "auth0_", rf"{_ANY}{{30,}}", "Auth0"),
    Shape("clerk-key", "sk_live_ sk_test_", rf"{_ANY}{{30,}}", "Clerk"),
    Shape("workos-key", "sk_live_ sk_test_ sk_", r"a2V5X[A-Za-z0-9+/=]{20,}", "WorkOS"),
    Shape("stytch-key", "secret-test- secret-live-", rf"{_ANY}{{20,}}", "Stytch"),
    Shape(
        "authress-key",
        "sc_ ext_ scauth_ authress_",
        r"[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,120}",
        "Authress",
        ALONE,
    ),
    Shape(
        "jwt",
        "eyJ",
        r"[A-Za-z0-9_-]{8,400}\.(?:[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*|\.[A-Za-z0-9_.-]{20,})",
        "JSON Web Tokens",
        APART,
    ),
    Shape("macaroon", "MDAx", rf"{_BASE64}{{40,}}", "macaroons", ALONE),
    Shape("macaroon", "AgEI", rf"{_BASE64}{{60,}}", "macaroons", ALONE),
    Shape("kubernetes-token", "kubeconfig-u- kubeconfig-user-", r"[a-z0-9.-]{5,30}:[a-z0-9]{40,}", "Rancher"),
    Shape("kubernetes-token", "token-", r"[a-z0-9]{5}:[a-z0-9]{50,}", "Rancher", ALONE),
    Shape(
        "password-hash",
        "$2a$ $2b$ $2y$ $5$ $6$ $y$ $apr1$ $argon2i$ $argon2id$ $argon2d$",
        r"[A-Za-z0-9./$=,+_-]{20,}",
        "password hashes",
    ),
    Shape("password-hash", "{SSHA} {SSHA256} {SSHA512}", rf"{_BASE64}{{20,}}", "LDAP"),
    # Data and databases
    Shape(
        "planetscale-token", "pscale_tkn_ pscale_oauth_ pscale_pw_ pscale_app_", r"[A-Za-z0-9_=.-]{30,}", "PlanetScale"
    ),
    Shape("supabase-key", "sbp_ sbv_ sb_secret_ sb_publishable_", rf"{_ANY}{{20,}}", "Supabase"),
    Shape("neon-key", "napi_", rf"{_WORD}{{30,}}", "Neon"),
    Shape("turso-token", "turso_", rf"{_ANY}{{30,}}", "Turso", ALONE),
    Shape("aiven-key", "AVNS_", rf"{_ANY}{{12,}}", "Aiven"),
    Shape("clickhouse-key", "4b1d", rf"{_WORD}{{38}}(?![A-Za-z0-9])", "ClickHouse Cloud", ALONE),
    Shape("confluent-key", "cflt", r"[A-Za-z0-9+/]{40,}", "Confluent", ALONE),
    Shape("mongodb-key", "mdb_sa_sk_", rf"{_ANY}{{20,}}", "MongoDB Atlas"),
    Shape("airtable-token", "pat", rf"{_WORD}{{14}}\.{_HEX}{{40,}}", "Airtable", ALONE),
    Shape("dbt-token", "dbtc_ dbtu_", rf"{_ANY}{{20,}}", "dbt Cloud"),
    Shape("fivetran-key", "fvt_", rf"{_WORD}{{20,}}", "Fivetran", ALONE),
    Shape("convex-key", "prod: preview: dev:", r"[a-z0-9-]{5,40}\|[A-Za-z0-9+/=]{30,}", "Convex", ALONE),
    Shape("hasura-key", "hsr_", rf"{_WORD}{{20,}}", "Hasura", ALONE),
    Shape("algolia-key", "algolia_", rf"{_HEX}{{28,}}", "Algolia"),
    Shape("mapbox-token", "sk.eyJ tk.eyJ pk.eyJ", r"[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{16,}", "Mapbox", ALONE),
    Shape("maxmind-key", "_mmk", r"(?![A-Za-z0-9])", "MaxMind", rf"{_WORD}{{29}}_{_WORD}{{6}}"),
    Shape("contentful-token", "CFPAT-", rf"{_ANY}{{30,}}", "Contentful"),
    Shape("sanity-token", "sk", rf"{_WORD}{{80,}}", "Sanity", ALONE),
    Shape("storyblok-token", "sb_", rf"{_WORD}{{24,}}", "Storyblok", ALONE),
    # Office and social
    Shape("notion-token", "ntn_ secret_", rf"{_WORD}{{30,}}", "Notion"),
    Shape("linear-key", "lin_api_ lin_oauth_ lin_wh_", rf"{_WORD}{{30,}}", "Linear"),
    Shape("figma-token", "figd_ figo_ figu_ figh_ figp_ figoh_ figor_ figuh_ figur_", r"[A-Za-z0-9_=-]{30,}", "Figma"),
    Shape(
        "asana-token",
        "/1",
        rf"[0-9]{{13,20}}(?:/[0-9]{{14,20}})?:{_WORD}{{30,}}",
        "Asana",
        r"[0-9]{1,2}(?![A-Za-z0-9/])",
    ),
    Shape("clickup-token", "pk_", r"[0-9]{6,9}_[A-Z0-9]{28,}", "ClickUp"),
    Shape("typeform-token", "tfp_", r"[A-Za-z0-9_.=-]{30,}", "Typeform"),
    Shape("hubspot-token", "pat-eu1- pat-na1- pat-na2- pat-ap1-", _UUID, "HubSpot"),
    Shape("zendesk-token", "zd_", rf"{_WORD}{{30,}}", "Zendesk", ALONE),
    Shape("dropbox-token", "sl. sl.u.", rf"{_ANY}{{60,}}", "Dropbox", ALONE),
    Shape("dropbox-token", "AAAAAAAAAA", r"[A-Za-z0-9_=-]{40,}", "Dropbox", rf"{_WORD}{{11}}(?![A-Za-z0-9])"),
    Shape("frameio-token", "fio-u-", r"[A-Za-z0-9_=-]{40,}", "Frame.io"),
    Shape("adobe-secret", "p8e-", rf"{_ANY}{{28,}}", "Adobe"),
    Shape("canva-secret", "cnvca", rf"{_ANY}{{30,}}", "Canva", ALONE),
    Shape("facebook-token", "EAA", rf"{_WORD}{{60,}}", "Facebook", ALONE),
    Shape("instagram-token", "IGQVJ IGQWR IGAA", rf"{_ANY}{{60,}}", "Instagram", ALONE),
    Shape("twitter-token", "AAAAAAAAAAAAAAAAAAAAA", r"[A-Za-z0-9%]{40,}", "X", ALONE),
    Shape("linkedin-secret", "WPL_AP1. WPL_AP0.", r"[A-Za-z0-9_.=-]{12,}", "LinkedIn"),
    Shape("intra42-secret", "s-s4t2ud- s-s4t2af-", rf"{_HEX}{{40,}}", "42 Intra"),
    Shape("settlemint-token", "sm_aat_ sm_pat_ sm_sat_", rf"{_WORD}{{14,}}", "SettleMint"),
    Shape("beamer-token", "b_", r"[A-Za-z0-9_=-]{44}(?![A-Za-z0-9_=-])", "Beamer", ALONE),
    Shape("webflow-token", "ws-", rf"{_HEX}{{60,}}", "Webflow", ALONE),
    Shape("pubnub-key", "sec-c- sub-c- pub-c-", r"[A-Za-z0-9+/=-]{36,}", "PubNub", ALONE),
    Shape("rapyd-key", "rak_ rsk_", rf"{_HEX}{{20,}}", "Rapyd", ALONE),
    Shape("roblox-cookie", "_|WARNING:-DO-NOT-SHARE-THIS.", r"[^\s\"']{40,}", "Roblox"),
    Shape("persona-key", "persona_sandbox_ persona_production_", rf"{_ANY}{{20,}}", "Persona"),
    Shape(
        "onfido-token",
        "api_live. api_sandbox. api_live_eu. api_live_us. api_live_ca.",
        r"[A-Za-z0-9_.-]{20,}",
        "Onfido",
    ),
    Shape("trigger-key", "tr_dev_ tr_prod_ tr_pat_", rf"{_WORD}{{16,}}", "Trigger.dev"),
    Shape("inngest-key", "signkey-prod- signkey-test- signkey-branch-", rf"{_HEX}{{30,}}", "Inngest"),
    Shape("thog-key", "thog-key- thog-secret- thog-agent-", rf"{_HEX}{{16,}}", "TruffleHog"),
    Shape(
        "rapidapi-key",
        "msh",
        rf"{_WORD}{{15}}jsn{_WORD}{{12}}(?![A-Za-z0-9])",
        "RapidAPI",
        rf"{_WORD}{{10,18}}(?![A-Za-z0-9])",
    ),
    Shape("robinhood-key", "rh-api-", _UUID, "Robinhood"),
)


class FreeShape(NamedTuple):
    """The shape of a kind of secret without a prefix, by its complete pattern; each contains the character `mark`."""

    kind: str
    mark: str
    pattern: str
    service: str


FREE_SHAPES = (
    FreeShape("facebook-token", "|", r"(?<![0-9])[0-9]{15,16}\|[\w-]{27,40}(?![\w-])", "Facebook"),
    FreeShape("discord-token", ".", r"(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,80}", "Discord"),
    FreeShape("mailgun-key", "-", r"(?<![\w-])[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}(?![\w-])", "Mailgun"),
    FreeShape("ngrok-token", "_", r"(?<![A-Za-z0-9])[A-Za-z0-9]{27}_[0-9][A-Za-z0-9]{20}(?![A-Za-z0-9])", "ngrok"),
    FreeShape("twitter-token", "-", r"(?<![\w-])[0-9]{15,20}-[A-Za-z0-9]{35,45}(?![\w-])", "X"),
    FreeShape(
        "okta-token", "0", r"(?<![\w-])00(?=[A-Z0-9_-]{0,39}[a-z])(?=[a-z0-9_-]{0,39}[A-Z])[\w-]{40}(?![\w-])", "Okta"
    ),
)
