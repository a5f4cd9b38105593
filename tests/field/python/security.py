# SPDX-License-Identifier: Apache-2.0
"""security.py - what each Python client must be told to get in where FIELD_SECURITY leads

Nothing is said of plain text. The folder: ../broker/security.sh.
"""
import json
import os
import ssl

AT = os.environ.get("FIELD_SECURITY")


def librdkafka():
    if not AT:
        return {}
    with open(AT + "/librdkafka.properties") as file:
        return dict(line.rstrip("\n").split("=", 1) for line in file)


def facts():
    """Of a listener that is not in plain text."""
    with open(AT + "/settings.json") as file:
        return json.load(file)


def sasl(listener):
    if not listener["mechanism"]:
        return {}
    return {"sasl_mechanism": listener["mechanism"],
            "sasl_plain_username": listener["username"],
            "sasl_plain_password": listener["password"]}


def kafka_python():
    if not AT:
        return {}
    listener = facts()
    files = {"ssl_cafile": "ca", "ssl_certfile": "cert", "ssl_keyfile": "key"}
    return {"security_protocol": listener["protocol"], **sasl(listener),
            **{word: listener[file] for word, file in files.items() if listener[file]},
            **listener.get("kafka_python", {})}


def aiokafka():
    if not AT:
        return {}
    listener = facts()
    context = ssl.create_default_context(cafile=listener["ca"] or None)
    if listener["cert"]:
        context.load_cert_chain(listener["cert"], listener["key"])
    return {"security_protocol": listener["protocol"], "ssl_context": context, **sasl(listener)}
