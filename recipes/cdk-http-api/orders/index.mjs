const orders = [{ id: '1', of: 'ann', item: 'tea' }, { id: '2', of: 'bob', item: 'coffee' }];

export async function handler(event) {
  const { sub, scope } = event.requestContext.authorizer.jwt.claims;
  return { shop: process.env.SHOP, scope, orders: orders.filter(({ of }) => of === sub) };
}
