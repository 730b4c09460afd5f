"""Which services a channel may be: an explicit list, so that an upgrade of apprise adds none unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from watcher.channels.manner import MAIL_SCHEMES, SIGNED_SCHEMES

# Each of them answers for what it takes, and is reached over the network at an address the configuration names.
SERVICES: Mapping[str, str] = {
    "46elks": "46elks elks", "800.com": "eight00com", "Africas Talking": "atalk", "AMQP": "amqp amqps",
    "AWS End User Messaging Social (WhatsApp)": "awswhatsapp", "AWS Simple Email Service (SES)": "ses",
    "AWS Simple Notification Service (SNS)": "sns", "Azure Communication Services": "acs", "Bale": "bale",
    "Bark": "bark barks", "Better Stack": "betterstack", "Brevo": "brevo", "BulkSMS": "bulksms", "BulkVS": "bulkvs",
    "Chanify": "chanify", "Cisco Webex Teams": "webex wxteams", "Clickatell": "clickatell", "ClickSend": "clicksend",
    "CM.com": "cm", "D7 Networks": "d7sms", "DingTalk": "dingtalk", "Discord": "discord",
    "Evolution API": "evolution evolutions", "Exotel": "exotel", "Feishu": "feishu", "FireHydrant": "firehydrant",
    "Flock": "flock", "Flowtriq": "flowtriq flowtriqs", "Fluxer": "fluxer fluxers", "Form": "form forms",
    "Free-Mobile": "freemobile", "GitHub": "github", "GoAlert": "goalert goalerts", "Google Chat": "gchat",
    "Gorush": "gorush gorushs", "Gotify": "gotify gotifys", "Groundmail": "groundmail", "GroupMe": "groupme",
    "Guilded": "guilded", "Gupshup": "gupshup", "HomeAssistant": "hassio hassios", "httpSMS": "httpsms",
    "HumHub": "humhub humhubs", "IFTTT": "ifttt", "ilert": "ilert", "incident.io": "incidentio", "Infobip": "infobip",
    "Jira": "jira", "Join": "join", "JSON": "json jsons", "KakaoTalk": "kakao kakaotalk", "Kaleyra": "kaleyra klr",
    "Kavenegar": "kavenegar", "Kook": "kook", "Kudosity": "burstsms kudosity", "Kumulos": "kumulos",
    "Lark (Feishu)": "lark", "Lauther": "lauther", "LFG Alarm": "lfg", "Line": "line", "MailerSend": "mailersend",
    "Mailgun": "mailgun", "Matrix": "matrix matrixs", "Mattermost": "mmost mmosts", "MessageBird": "msgbird",
    "Mobile Message": "mobilemessage mobilemsg", "MQTT Notification": "mqtt mqtts", "MSG91": "msg91",
    "Nextcloud": "ncloud nclouds", "Nextcloud Talk": "nctalk nctalks", "Notica": "notica noticas",
    "Notifiarr": "notifiarr", "Notifico": "notifico notificos", "Notify!": "notifyapp", "Notifyre": "notifyre",
    "ntfy": "ntfy ntfys", "Octopush": "octopush", "Office 365": "azure o365", "OneBot": "onebot onebots",
    "OneSignal": "onesignal", "Opsgenie": "opsgenie", "OpsiMate": "opsimate opsimates", "Pager Duty": "pagerduty",
    "PagerTree": "pagertree", "Parse Platform": "parsep parseps", "Pinglet": "pinglet pinglets", "Pingram": "pingram",
    "Plivo": "plivo", "Postmark": "postmark", "Power Automate / Workflows (for MSTeams)": "workflow workflows",
    "Prowl": "prowl", "Pushbullet": "pbul", "PushDeer": "pushdeer pushdeers", "Pushed": "pushed",
    "Pushjet": "pjet pjets", "PushMe": "pushme", "Pushover": "pover", "Pushplus": "pushplus wecom",
    "Pushsafer": "psafer psafers", "PushWard": "pushward", "Pushy": "pushy", "QQ Push": "qq", "Resend": "resend",
    "Revolt": "revolt", "RingCentral": "ringc", "Rocket.Chat": "rocket rockets", "Ryver": "ryver",
    "SendGrid": "sendgrid", "SendPulse": "sendpulse", "ServerChan": "schan", "SerwerSMS": "serwersms",
    "seven": "seven", "Signal API": "signal signals", "Signalgrid": "signalgrid", "SIGNL4": "signl4",
    "Simplepush": "simplepush spush", "Sinch": "sinch", "Slack": "slack", "SMS Eagle": "smseagle smseagles",
    "SMS Manager": "smsmanager smsmgr", "SMSC": "smsc", "SMSTunnel": "smstunnel", "SMTP2Go": "smtp2go",
    "Société Française du Radiotéléphone": "sfr", "SparkPost": "sparkpost", "Spike.sh": "spike",
    "Splunk On-Call": "splunk victorops", "SpugPush": "spugpush", "Squadcast": "squadcast",
    "Stackfield": "stackfield", "Synology Chat": "synology synologys", "Techulus Push": "push", "Telegram": "tgram",
    "Telesign": "telesign", "Telnyx": "telnyx", "Threema Gateway": "threema", "Trigv": "trigv trigvs",
    "Twilio": "twilio", "Twist": "twist", "Viber": "viber", "VoIPms": "voipms", "Vonage": "nexmo vonage",
    "WeChat (WeCom)": "wechat", "WeCom Bot": "wecombot", "Whapi.Cloud": "whapi", "WhatsApp": "whatsapp",
    "WPUSH": "wpush", "WxPusher": "wxpusher", "xMatters": "xmatters", "XML": "xml xmls", "XMPP": "xmpp xmpps",
    "YouLMK": "youlmk", "Zalo": "zalo", "Zoho Cliq": "cliq zcliq zohocliq", "Zoom": "zoom", "Zulip": "zulip",
}  # fmt: skip

# These parts are our own.
OWN_SCHEMES = frozenset({"console", "inbox"}) | SIGNED_SCHEMES | MAIL_SCHEMES


@dataclass(frozen=True, slots=True)
class Refused:
    """Services that apprise has and a channel may not be; `why` goes on from "NAME:// "."""

    why: str
    services: Mapping[str, str]


REFUSED: Mapping[str, Refused] = {
    "desktop": Refused(
        "would act on the desktop of the machine it runs on, which a daemon must not do; "
        "use inbox:// or console:// to see messages locally",
        {
            "DBus Notification": "dbus kde qt",
            "GLib Notification": "gio glib",
            "Gnome Notification": "gnome",
            "Growl": "growl",
            "MacOSX Notification": "macosx",
            "Windows Notification": "windows",
        },
    ),
    "host": Refused(
        "would act on the machine it runs on, which a daemon must not do; "
        "use inbox:// or console:// to see messages locally",
        {"blink(1)": "blink1", "Syslog": "syslog"},
    ),
    "files": Refused(
        "would read and write keys in files of this machine; use a service that takes its token in the address",
        {
            "Delta Chat": "deltachat deltachats",
            "Firebase Cloud Messaging": "fcm",
            "Vapid Web Push Notifications": "vapid",
        },
    ),
    "relay": Refused(
        "would leave it to another program where messages go, and nobody could say who got them; name the services "
        "themselves, or use webhooks://",
        {"Apprise API": "apprise apprises"},
    ),
    "unheard": Refused(
        "cannot say whether a message arrived, so one that is lost would count as delivered; use mailtos:// or a chat",
        {"IRC": "irc ircs", "Remote Syslog": "rsyslog"},
    ),
    "public": Refused(
        "would publish to everybody what you watch, and your own words for it; use a chat of your own",
        {
            "Aprs": "aprs",
            "BlueSky": "bluesky bsky",
            "Dapnet": "dapnet",
            "Instagram": "instagram",
            "Mastodon": "mastodon mastodons toot toots",
            "Misskey": "misskey misskeys",
            "Nostr": "nostr",
            "Reddit": "reddit",
            "Twitter": "tweet twitter x",
        },
    ),
    "screens": Refused(
        "would show it on a screen that nobody has to be looking at; use mailtos:// or a chat",
        {
            "Dot.": "dot",
            "Emby": "emby embys",
            "Enigma2": "enigma2 enigma2s",
            "Jellyfin": "jellyfin jellyfins",
            "Kodi/XBMC": "kodi kodis xbmc xbmcs",
            "LaMetric": "lametric lametrics",
            "Streamlabs": "strmlabs",
        },
    ),
    "untried": Refused(
        "needs libraries that nobody has tried with nct-watcher; use mailtos:// or a chat",
        {"Session Open Group Server": "session sessions sogs", "SMPP": "smpp smpps"},
    ),
}

ALLOWED_SCHEMES = OWN_SCHEMES | {scheme for schemes in SERVICES.values() for scheme in schemes.split()}
REFUSED_SCHEMES: Mapping[str, str] = {
    scheme: group.why for group in REFUSED.values() for schemes in group.services.values() for scheme in schemes.split()
}

# A file of this machine, or an address of another one, that apprise would read and send along.
_READING = ("attach", "keyfile", "pgpprv", "pgppub", "subfile")
# With these services a template is such a file; with others it is the name of one that the service keeps.
FILE_TEMPLATES = frozenset({"discord", "guilded", "slack", "tgram", "workflow", "workflows"})


def scheme_mistake(scheme: str) -> str | None:
    """Why no channel may have this scheme; None where it may. Whatever is on neither list is refused."""
    if scheme in ALLOWED_SCHEMES:
        return None
    if scheme in REFUSED_SCHEMES:
        return f"{scheme}:// {REFUSED_SCHEMES[scheme]}"
    close = get_close_matches(scheme, sorted(ALLOWED_SCHEMES), n=1)
    meant = f"; did you mean {close[0]}://?" if close else ""
    return f"no service has the scheme {scheme}://{meant or '; docs/channels.md lists them all'}"


def parameter_mistake(scheme: str, parameters: Mapping[str, object]) -> str | None:
    """Which parameter of an address would read files or ask other hosts, if one would; its value is not repeated."""
    for name in sorted(parameters):
        if name in _READING or (name == "template" and scheme in FILE_TEMPLATES):
            return f"{name}= would send along, or act by, a file or another address, which no channel may; leave it out"
    return None
