/** Stands for the order service. It knows snake_case only, and says what it was sent. */
export default async function orders(request) {
  const { pathname } = new URL(request.url);
  const sent = request.method === 'POST' ? await request.json() : {};
  return Response.json({ order_path: pathname, placed_by: request.headers.get('x-user'), received_keys: Object.keys(sent), ...sent });
}
