// Stands for a partner's service that nobody can start in CI.
export default async function prices() {
  return Response.json({ tea: 3, coffee: 4 });
}
