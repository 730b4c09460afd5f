"""How alerts and notices become messages: safe texts, one voice, what each format shows, and templates to show it."""
