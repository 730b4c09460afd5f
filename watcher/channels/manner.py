"""How a channel is to be treated: at what pace, from how many messages on as one, and in which form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from watcher.alerts.pace import MOST_IN_A_CHAT, MOST_IN_A_MAIL, Pace
from watcher.model import Message

BATCH_FROM = 10
USUAL_PACE = Pace(batch_from=BATCH_FROM)

# Programs read these: the text goes out as it is, in one piece, with our headers where there are headers.
SIGNED_SCHEMES = frozenset({"webhook", "webhooks"})
WEBHOOK_SCHEMES = frozenset({"form", "forms", "json", "jsons", "xml", "xmls"})
PROGRAM_SCHEMES = WEBHOOK_SCHEMES | {"amqp", "amqps", "mqtt", "mqtts"}
MAIL_SCHEMES = frozenset({"mailto", "mailtos"})
# Each message makes a telephone ring, and most of them cost money.
PHONE_SCHEMES = frozenset(
    {
        "46elks", "atalk", "awswhatsapp", "bulksms", "bulkvs", "burstsms", "clickatell", "clicksend", "d7sms", "dapnet",
        "elks", "freemobile", "httpsms", "infobip", "kavenegar", "kudosity", "kumulos", "msg91", "msgbird", "nexmo",
        "octopush", "plivo", "pover", "prowl", "pushed", "ringc", "serwersms", "seven", "sfr", "signal", "signals",
        "signl4", "sinch", "smsc", "smseagle", "smseagles", "smsmanager", "smsmgr", "sns", "telnyx", "threema",
        "twilio", "voipms", "vonage", "whatsapp",
    }
)  # fmt: skip

_CHAT_PACE = 20
_PACES = {
    "console": None,
    "inbox": None,
    **dict.fromkeys(MAIL_SCHEMES, 60),
    **dict.fromkeys(SIGNED_SCHEMES | PROGRAM_SCHEMES, 120),
    **dict.fromkeys(PHONE_SCHEMES, 6),
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a configuration may ask of a channel beside its address; None leaves it to the scheme.

    `keys` sign what a webhook is sent; there are two while a secret is being exchanged.
    """

    per_minute: int | None = None
    batch_from: int | None = None
    format: str | None = None
    keys: tuple[bytes, ...] = field(default=(), repr=False)


NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Manner:
    """The wishes, completed; `format` "" is the channel's own."""

    pace: Pace = USUAL_PACE
    format: str = ""

    def formed(self, message: Message) -> Message:
        """The message in the form asked for; a channel falls back on the text where its own form is empty."""
        match self.format:
            case "short":
                return replace(message, text=message.short or message.text, html="", slack="", chat="", attachments=())
            case "text":
                return replace(message, html="", slack="", chat="", short="")
        return message


USUAL = Manner()


def manner_of(scheme: str, wishes: Wishes) -> Manner:
    """What is wished, and the scheme's own where nothing is."""
    # Nobody is disturbed by what stands in the inbox: each alert is there by itself.
    programs = scheme in SIGNED_SCHEMES | PROGRAM_SCHEMES | {"inbox"}
    batch_from = (0 if programs else BATCH_FROM) if wishes.batch_from is None else wishes.batch_from
    most = MOST_IN_A_MAIL if programs or scheme in MAIL_SCHEMES | PHONE_SCHEMES | {"console"} else MOST_IN_A_CHAT
    return Manner(Pace(wishes.per_minute or _PACES.get(scheme, _CHAT_PACE), batch_from, most), wishes.format or "")
