#!/usr/bin/env python3
"""Signatures between GATRA's services, in Python's standard library alone: signs and checks every vector of vectors.json.

Written from docs/service-signatures.md. Exits 0 where all vectors come out as they should."""
import base64, hashlib, hmac, json, os, re, sys

COVERED = ["content-type", "content-encoding", "x-tenant-id", "x-correlation-id", "idempotency-key"]
AMBIGUOUS = re.compile(r"%(2f|5c|2e|[01][0-9a-f]|7f|25[0-9a-f]{2})", re.I)


class Refused(Exception):
    pass


def require(condition):
    if not condition:
        raise Refused()


def hkdf(secret, info, length):  # RFC 5869 with SHA-256, one block
    prk = hmac.new(b"GATRA1", secret, hashlib.sha256).digest()
    return hmac.new(prk, info.encode() + b"\x01", hashlib.sha256).digest()[:length]


def pair_key(secret, sender, receiver):
    key_id = base64.urlsafe_b64encode(hkdf(secret, f"id/{sender}/{receiver}", 12)).decode()
    return key_id, hkdf(secret, f"key/{sender}/{receiver}", 32)


def split_target(target):
    path, mark, query = target.partition("?")
    require(re.fullmatch(r"/([A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*", path))
    require("//" not in path and not AMBIGUOUS.search(path))
    require(not {".", ".."} & set(path.split("/")))
    require(not mark or re.fullmatch(r"[!-\"$-~]+", query))
    return path, query


def headers_once(pairs):
    found = {}
    for name, value in pairs:
        name = name.lower()
        require(name not in found or name not in COVERED)
        found[name] = value.strip(" \t")
    return found


def canonical_string(vector, key_id):
    request = vector["request"]
    require(re.fullmatch(r"[A-Z]{1,20}", request["method"]))
    path, query = split_target(request["target"])
    headers = headers_once(request["headers"])
    require(all(headers.get(name) != "-" for name in COVERED))
    body = base64.b64decode(request["body_base64"])
    lines = ["GATRA1-HMAC-SHA256", key_id, vector["sender"], vector["receiver"], str(vector["timestamp"]), vector["nonce"],
             request["method"], path, query, *(headers.get(name, "-") for name in COVERED), hashlib.sha256(body).hexdigest()]
    require(all(re.fullmatch(r"[ -~]*", line) for line in lines))
    return "\n".join(lines)


def signature_base(vector, key_id):  # RFC 9421 section 2.5
    request = vector["request"]
    path, query = split_target(request["target"])
    headers = headers_once(request["headers"])
    body = base64.b64decode(request["body_base64"])
    headers["content-digest"] = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    names = ["@method", "@authority", "@path", "@query", "content-digest", *(name for name in COVERED if name in headers)]
    derived = {"@method": request["method"], "@authority": headers["host"], "@path": path, "@query": "?" + query}
    listed = " ".join(f'"{name}"' for name in names)
    params = (f'({listed});created={vector["timestamp"]};nonce="{vector["nonce"]}";keyid="{key_id}"'
              f';alg="hmac-sha256";tag="gatra/{vector["receiver"]}"')
    lines = [f'"{name}": {derived.get(name, headers.get(name))}' for name in names]
    return "\n".join([*lines, f'"@signature-params": {params}']), params, headers["content-digest"]


def signature_headers(vector, secret):
    key_id, key = pair_key(secret, vector["sender"], vector["receiver"])
    if vector["profile"] == "gatra":
        text = canonical_string(vector, key_id)
        mac = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        return text, {"X-Service-Name": vector["sender"], "X-Service-Timestamp": str(vector["timestamp"]), "X-Service-Nonce": vector["nonce"],
                      "X-Service-Key-Id": key_id, "X-Service-Signature": f"v1={mac}"}
    text, params, digest = signature_base(vector, key_id)
    mac = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
    return text, {"Content-Digest": digest, "Signature-Input": f"gatra={params}", "Signature": f"gatra=:{mac}:"}


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "vectors.json"), encoding="utf-8") as file:
        document = json.load(file)
    wrong = []
    for vector in document["vectors"]:
        try:
            made = signature_headers(vector, document["secret"].encode())
        except Refused:
            made = None
        expected = None if "refused" in vector else (vector["signed_text"], vector["signature_headers"])
        if made != expected:
            wrong.append(vector["name"])
    print(f"{len(document['vectors']) - len(wrong)} of {len(document['vectors'])} vectors agree", *wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
