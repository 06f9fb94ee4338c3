/** Stands between the engine and an image registry, and is down, slow or unwilling when a case wants that. */
export type RegistryFault =
  | { readonly kind: "status"; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: "slow"; readonly milliseconds: number }
  /** Ends the answer in its middle. */
  | { readonly kind: "cut" };

export interface RegistryProxy {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** Paths that were asked for. */
  readonly requests: string[];
  fault: (path: string) => RegistryFault | undefined;
  /** Nobody listens any more. */
  goDown(): Promise<void>;
  comeBack(): void;
  close(): Promise<void>;
}

export function startRegistryProxy(registry: string): RegistryProxy {
  const requests: string[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    requests.push(`${request.method} ${pathname}`);
    const fault = proxy.fault(pathname);
    if (fault?.kind === "status") {
      return new Response("{}", { status: fault.status, headers: fault.headers ?? {} });
    }
    if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    const headers = new Headers(request.headers);
    const body = request.body === null ? null : await request.arrayBuffer();
    const response = await fetch(`http://${registry}${pathname}${search}`, {
      method: request.method,
      headers,
      body,
      redirect: "manual",
    });
    const own = new Headers(response.headers);
    const location = own.get("location");
    // Uploads go on where the registry says, which is here.
    if (location !== null) own.set("location", location.replace(registry, proxy.address));
    if (fault?.kind !== "cut") return new Response(response.body, { status: response.status, headers: own });
    const whole = new Uint8Array(await response.arrayBuffer());
    return new Response(whole.slice(0, Math.floor(whole.length / 2)), {
      status: response.status,
      headers: own,
    });
  };
  const listen = (port: number) =>
    Deno.serve({
      hostname: "127.0.0.1",
      port,
      onListen: () => {},
      onError: () => new Response("", { status: 502 }),
    }, answer);
  let server: ReturnType<typeof listen> | undefined = listen(0);
  const { port } = server.addr;
  const goDown = async () => {
    const ended = server?.shutdown();
    server = undefined;
    await ended;
  };
  const proxy: RegistryProxy = {
    address: `127.0.0.1:${port}`,
    requests,
    fault: () => undefined,
    goDown,
    comeBack: () => void (server ??= listen(port)),
    close: goDown,
  };
  return proxy;
}
