/** PLACEHOLDER until the commands are written. */
export async function main(): Promise<number> {
  const { createGateway } = await import('../gateway/create.ts');
  const gateway = await createGateway({ port: 0 });
  console.log(gateway.url);
  return 0;
}
