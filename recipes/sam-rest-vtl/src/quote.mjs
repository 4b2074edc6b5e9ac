const prices = { tea: 3, coffee: 4 };

// Gets what the template of the request makes, and answers what the template of the answer reads.
export async function handler({ shop, lines }) {
  console.log(`${shop} asks for`, lines);
  const [item] = lines[0].split(' ');
  if (!Object.hasOwn(prices, item)) throw new Error(`NotFound: nobody sells ${item}`);
  return { total: prices[item] * lines.length, currency: process.env.CURRENCY };
}
