"""Steers a running devgateway over its control API. Python 3.8 or later, nothing else."""

import json
import urllib.error
import urllib.parse
import urllib.request


class Gateway:
    """The gateway of `devgateway start --control`, or with `scope` one isolated scope of it."""

    def __init__(self, control_file=".devgateway/control.json", scope=None):
        with open(control_file, encoding="utf-8") as file:
            control = json.load(file)
        self._control, self._token, self.scope = control["url"], control["token"], scope
        self.url = self.ask("GET", "/v1")["address"]

    def ask(self, method, path, body=None, /, **query):
        """One operation of the control API; its refusals are raised as RuntimeError."""
        query = {**query, **({"scope": self.scope} if self.scope else {})}
        url = self._control + path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"Authorization": "Bearer " + self._token, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["detail"]) from None

    def get(self, path):
        """A request through the gateway: its status and text."""
        headers = {"devgateway-scope": self.scope} if self.scope else {}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def override(self, upstream, **answer):
        self.ask("PUT", "/v1/overrides/" + urllib.parse.quote(upstream, safe=""), answer)

    def advance(self, ms):
        self.ask("POST", "/v1/clock/advance", {"ms": ms})
