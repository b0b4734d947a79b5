using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>
/// A web page in a browser on this machine reaches loopback too. Two things keep it out: a browser's request from another
/// site may not change anything; and without credentials the Host header must name this machine (a name of the page's own
/// that resolves to 127.0.0.1 does not). With credentials the server may have any name, and such a page has none to show.
/// </summary>
internal static class LocalCallers
{
    public static IServiceCollection AddLocalCallersOnly(this IServiceCollection services) =>
        services.AddOptions<HostFilteringOptions>().Configure<IOptions<SecurityOptions>>(static (o, security) =>
        {
            o.AllowedHosts = security.Value.Required ? ["*"] : ["localhost", "127.0.0.1", "[::1]"];
            o.IncludeFailureMessage = false;
        }).Services;

    public static IApplicationBuilder UseLocalCallersOnly(this IApplicationBuilder app)
    {
        app.UseHostFiltering();
        return app.Use((context, next) =>
        {
            HttpRequest request = context.Request;
            bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
            if (!changes || !IsFromAnotherSite(request)) return next(context);

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });
    }

    // Programs send neither header; browsers send Origin with every request that changes something.
    private static bool IsFromAnotherSite(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ } site]) return site is not ("same-origin" or "none");
        return request.Headers.Origin is [{ } origin] && origin != $"{request.Scheme}://{request.Host}";
    }
}
