/** Stands for the service that nginx asks: lets in who knows the word. */
export default async function auth(request) {
  return new Response(null, { status: request.headers.get('authorization') === 'Bearer open-sesame' ? 204 : 401 });
}
