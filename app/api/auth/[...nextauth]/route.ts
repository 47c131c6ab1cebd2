import NextAuth from "next-auth";
import { signInOptions, webEnvironment } from "../../../../server/auth/session.ts";

type Handler = (request: Request, context: { params: Promise<{ nextauth: string[] }> }) => Promise<Response>;

// Made at each call: the web role learns where the api is when it starts, after this file was built.
const handle: Handler = (request, context) =>
  (NextAuth(signInOptions(webEnvironment(), request.headers)) as Handler)(request, context);

export { handle as GET, handle as POST };
