using CityPerception.Access.Oidc;
using CityPerception.Hosting;
using CityPerception.Observability;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Auditing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary>Registration of who may do what by HTTP. Where credentials are not required, nobody is asked for any.</summary>
internal static class AccessServices
{
    public const string SignInPage = "/sign-in";

    private const string Chooser = "chooser";

    public static IServiceCollection AddHttpAccess(this IServiceCollection services, ServeArguments arguments, IConfiguration settings)
    {
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateOnStart();
        services.AddSingleton(static p => new AccessRegistry(p.GetRequiredService<OperationalDbs>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(static p => new AuditLog(p.GetRequiredService<OperationalDbs>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<OpenRequests>();
        services.AddSingleton<AccessBook>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<SignIn>();
        services.AddSingleton<SessionEndpoints>();
        services.AddOidcPeople();
        services.AddSingleton<AuditEndpoint>();
        // Of sessions, and of the pages under /admin.
        string keys = SecretProtector.Folder(Path.Combine(arguments.DataDirectory, OperationsParts.KeysFolder)).FullName;
        services.AddDataProtection().SetApplicationName(SecretProtector.Application).PersistKeysToFileSystem(new DirectoryInfo(keys));
        services.AddLogging(static logging => logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error)); // it wants the folder's keys encrypted by a key from elsewhere
        if (!IsRequired(settings)) return services;

        services.AddHostedService(static p => p.GetRequiredService<AccessBook>());
        services.AddHostedService(static p => p.GetRequiredService<AuditTrail>());
        services.AddReadiness("access", static p => (p.GetRequiredService<AccessBook>().Failure ?? p.GetRequiredService<AuditTrail>().Failure) is { } failure
            ? HealthCheckResult.Degraded("people, keys or the audit log: " + failure)
            : HealthCheckResult.Healthy("credentials are required"));
        services.AddLogging(static logging => logging.AddFilter(typeof(KeyHandler).FullName, LogLevel.Warning)); // it speaks of every request that is refused
        services.AddAuthentication(Chooser)
            .AddPolicyScheme(Chooser, null, static o => o.ForwardDefaultSelector = static context => IsForKeys(context) ? Identities.Key : Identities.Session)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(Identities.Key, null)
            .AddCookie(Identities.Session)
            .AddOidc(settings);
        services.AddSingleton<IConfigureOptions<CookieAuthenticationOptions>, SessionCookie>();
        services.AddSingleton<IAuthorizationHandler, AccessHandler>();
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new NoRule()).Build());
        services.AddRateLimiter();
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>, RequestRates>();
        return services;
    }

    /// <summary>Asks for credentials before anything answers.</summary>
    public static void UseHttpAccess(this WebApplication app)
    {
        if (!IsRequired(app.Configuration)) return;
        app.UseAuthentication();
        app.UseRateLimiter();
        app.Use(static (HttpContext context, RequestDelegate next) =>
            context.User.Identity is { IsAuthenticated: true } ? context.RequestServices.GetRequiredService<OpenRequests>().FollowAsync(context, next) : next(context));
        app.Use(static (HttpContext context, RequestDelegate next) => context.RequestServices.GetRequiredService<AuditTrail>().FollowAsync(context, next));
        app.UseAuthorization();
    }

    public static void MapHttpAccess(this WebApplication app)
    {
        app.MapGet(SessionEndpoints.Path, (SessionEndpoints sessions, HttpContext context) => sessions.Get(context)).OpenToAll()
            .WithTags("Access").WithSummary("Who is signed in.").WithDescription("查询当前登录用户。").Produces<SessionView>();
        RouteHandlerBuilder signIn = app.MapPost(SessionEndpoints.Path, (SessionEndpoints sessions, HttpContext context) => sessions.PostAsync(context)).OpenToAll()
            .WithTags("Access").WithSummary("Signs in, with a cookie.").WithDescription("登录。").Accepts<SignInRequest>("application/json").Produces<SessionView>().ProducesProblem(StatusCodes.Status401Unauthorized);
        app.MapDelete(SessionEndpoints.Path, (SessionEndpoints sessions, HttpContext context) => sessions.DeleteAsync(context)).OpenToAll()
            .WithTags("Access").WithSummary("Signs out.").WithDescription("退出登录。");
        if (!IsRequired(app.Configuration)) return;

        signIn.RequireRateLimiting(RequestRates.SignIns);
        app.MapOidc();
        app.MapGet(AuditEndpoint.Path, (HttpContext context, AuditEndpoint audit, CancellationToken cancellationToken) => audit.GetAsync(context.Request, cancellationToken))
            .Needs(new AccessRule([], [UserRoles.Auditor, UserRoles.Administrator], IsAudited: true))
            .WithTags("Access").WithSummary("Who did what, the newest first; ?who, action, since, until, limit, before, format=json|csv.").WithDescription("审计日志（最新在前），可筛选、分页并导出 CSV。").Produces<AuditPage>();
        IOptions<HttpOptions> http = app.Services.GetRequiredService<IOptions<HttpOptions>>();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            if (http.Value.FindEndpoint() is { } endpoint && !System.Net.IPAddress.IsLoopback(endpoint.Address)) app.Logger.PlainHttp(http.Value.Url);
        });
    }

    private static bool IsForKeys(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0 || context.GetEndpoint()?.Metadata.GetMetadata<InfluxCredentials>() is not null;

    private static bool IsRequired(IConfiguration settings) =>
        (settings.GetSection(SecurityOptions.Section).Get<SecurityOptions>() ?? new SecurityOptions()).Required;
}
