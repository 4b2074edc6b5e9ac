import unittest

from devgateway import Gateway


class Orders(unittest.TestCase):
    def setUp(self):
        # A scope of its own: tests may run side by side.
        self.gateway = Gateway(scope=self.id().replace(".", "-"))
        self.gateway.ask("POST", "/v1/reset")
        self.gateway.ask("POST", "/v1/clock/freeze")
        self.gateway.override("orders.internal:8080", status=200, body='{"sold": "out"}')

    def test_route(self):
        routes = Gateway().ask("GET", "/v1/routes")["routes"]
        self.assertEqual([route["id"] for route in routes], ["orders"])

    def test_override(self):
        self.assertEqual(self.gateway.get("/orders"), (200, '{"sold": "out"}'))

    def test_limit_ends_with_its_minute(self):
        self.assertEqual([self.gateway.get("/orders")[0] for _ in range(3)], [200, 200, 429])
        self.gateway.advance(60_000)
        self.assertEqual(self.gateway.get("/orders")[0], 200)

    def test_traffic(self):
        self.gateway.get("/orders?page=2")
        (exchange,) = self.gateway.ask("GET", "/v1/traffic/wait", path="/orders")["exchanges"]
        self.assertEqual(exchange["upstreamRequest"]["target"], "/orders?page=2")
        self.assertEqual(exchange["route"], "orders")

    def test_refusal_says_why(self):
        with self.assertRaisesRegex(RuntimeError, "expected a number"):
            self.gateway.advance(-1)


if __name__ == "__main__":
    unittest.main()
