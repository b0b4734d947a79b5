namespace CityPerception.Hosting;

/// <summary>
/// What a browser may do with an answer: nothing beyond this server's own scripts, styles and data. Trusted Types make
/// assigning HTML an error in the browser, so text from citizens cannot become markup even by a mistake of ours.
/// </summary>
internal static class SecurityHeaders
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Grid staff say where they are, if they like. A photo is a file that they choose, and needs no camera.
        headers["Permissions-Policy"] = "camera=(), geolocation=(self), microphone=()";
        headers.CacheControl = "no-store"; // what may be kept says so itself
        return next(context);
    });
}
