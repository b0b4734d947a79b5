using CityPerception.Access;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Access;
using Hangfire;
using Hangfire.Dashboard;
using Microsoft.Extensions.Options;

namespace CityPerception.Rollups;

/// <summary><c>/hangfire</c>: the jobs that run, have run, failed and are tried again. Everything it shows comes from this server.</summary>
internal static class JobDashboard
{
    public const string Path = "/hangfire";

    // Hangfire's own pages: they set widths in attributes, have pictures in their styles and assign HTML by jQuery, which
    // Trusted Types would refuse. What they show are names of channels and exceptions of jobs, and no text from citizens.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static readonly string[] MayChange = [UserRoles.Engineer, UserRoles.Administrator];

    public static void MapJobDashboard(this IEndpointRouteBuilder endpoints)
    {
        bool isRequired = endpoints.ServiceProvider.GetRequiredService<IOptions<SecurityOptions>>().Value.Required;
        var options = new DashboardOptions
        {
            Authorization = [], // the rule of the route decides; Hangfire's own takes whoever comes through a proxy for local
            IsReadOnlyFunc = context => isRequired && !Array.Exists(MayChange, context.GetHttpContext().User.IsInRole),
            IgnoreAntiforgeryToken = true, // what another site's page makes a browser send is refused before it comes here
            DashboardTitle = "CityPerception",
            DisplayStorageConnectionString = false,
        };
        IEndpointConventionBuilder dashboard = endpoints.MapHangfireDashboard(Path, options);
        dashboard.Add(static builder =>
        {
            RequestDelegate show = builder.RequestDelegate!;
            builder.RequestDelegate = context =>
            {
                context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
                return show(context);
            };
        });
        dashboard.Needs(new AccessRule([], [.. MayChange, UserRoles.Auditor], IsAudited: false));
    }
}
