using CityPerception.Access;
using CityPerception.Screens.Admin.Pages;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Components.Endpoints;
using MudBlazor.Services;

namespace CityPerception.Screens.Admin;

/// <summary>The pages there are, in the order of the menu.</summary>
internal static class AdminPages
{
    public static readonly (Type Page, string Path, string Name)[] All =
    [
        (typeof(SourcesPage), "/admin/sources", "sources"),
        (typeof(DevicesPage), "/admin/devices", "devices"),
        (typeof(CasesPage), "/admin/cases", "cases"),
        (typeof(DeadLettersPage), "/admin/deadletters", "deadLetters"),
        (typeof(JobsPage), "/admin/jobs", "jobs"),
        (typeof(PeoplePage), "/admin/people", "people"),
        (typeof(AuditLogPage), "/admin/audit", "audit"),
    ];
}

/// <summary>Registration of the operators' pages, <c>/admin</c>.</summary>
internal static class AdminParts
{
    // Blazor draws what is no text by assigning HTML, which Trusted Types would refuse: MudBlazor's icons are such. Text of
    // people is text nodes to it. MudBlazor writes its theme as a style element and places menus by style attributes. Links
    // need a base, since the pages lie at several depths.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // A sample that is pasted comes in one message.
    private const int MaxMessageBytes = 512 << 10;

    // What the connection itself asks for; the pages ask for more.
    private static readonly string[] MayCome = [UserRoles.Operator, UserRoles.Engineer, UserRoles.Auditor, UserRoles.Administrator];

    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(static o => o.MaximumReceiveMessageSize = MaxMessageBytes);
        services.AddMudServices();
        services.AddLogging(static logging => logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error)); // it warns of each page that is not to be kept anyway
        services.AddScoped<Speech>();
        services.AddScoped<Operator>();
        return services;
    }

    public static void MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        RazorComponentsEndpointConventionBuilder pages = endpoints.MapRazorComponents<AdminApp>().AddInteractiveServerRenderMode(static o => o.ContentSecurityFrameAncestorsPolicy = null);
        pages.DisableAntiforgery();
        pages.Add(static builder =>
        {
            RequestDelegate show = builder.RequestDelegate!;
            builder.RequestDelegate = context =>
            {
                context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
                return show(context);
            };
        });
        IServiceProvider services = endpoints.ServiceProvider; // the connection's own endpoints are built without any
        pages.Add(builder =>
        {
            Type? page = builder.Metadata.OfType<ComponentTypeMetadata>().FirstOrDefault()?.Type;
            if (page is not null) OnlyShown(builder);
            builder.Require(new AccessRule([], page is null ? MayCome : [.. VisibleToAttribute.RolesOf(page)], IsAudited: false), services);
        });
    }

    // No form is posted: everything comes by the connection.
    private static void OnlyShown(EndpointBuilder page)
    {
        foreach (IHttpMethodMetadata methods in page.Metadata.OfType<IHttpMethodMetadata>().ToArray()) page.Metadata.Remove(methods);
        page.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get]));
    }
}
