export async function get({ pathParameters: { id } }, context) {
  if (id === 'gone') throw new Error('no such order');
  console.log('asked for', id);
  return { id, currency: process.env.CURRENCY, inTime: context.getRemainingTimeInMillis() > 1_000 };
}
