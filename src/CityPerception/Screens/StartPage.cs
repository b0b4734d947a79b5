using System.Collections.Frozen;
using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using CityPerception.Access;
using CityPerception.Storage.Operations.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace CityPerception.Screens;

/// <summary>The pages and their few files, from inside the assembly. They refer to nothing outside this server.</summary>
internal static class StartPage
{
    private const string Page = ".html", Index = "index" + Page, SignIn = "sign-in" + Page, Channel = "channel" + Page, Report = "report" + Page;

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".webmanifest"] = "application/manifest+json",
    }.ToFrozenDictionary();

    public static void MapStartPage(this IEndpointRouteBuilder endpoints)
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string prefix = "screens/";
        foreach (string resource in assembly.GetManifestResourceNames().Where(r => r.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string name = resource[prefix.Length..].Replace('\\', '/');
            var file = new Lazy<PageFile>(() => PageFile.Load(assembly, resource));
            RouteHandlerBuilder page = endpoints.MapGet(PathOf(name), (HttpContext context) => Send(context, file.Value)).ExcludeFromDescription();
            // What files show comes from elsewhere. The form is open, so that a phone without network or session has it and loses no report.
            if (IsPage(name) && name is not (SignIn or Report)) page.Needs(KeyScopes.Read, AccessRules.Everybody);
            else page.OpenToAll();
        }
    }

    private static bool IsPage(string name) => name.EndsWith(Page, StringComparison.Ordinal);

    // Pages have no ending in their addresses.
    private static string PathOf(string name) => name switch
    {
        Index => "/",
        Channel => "/channels/{slug}",
        _ => "/" + (IsPage(name) ? name[..^Page.Length] : name),
    };

    private static FileContentHttpResult Send(HttpContext context, PageFile file)
    {
        // To be asked for each time and answered with 304: after an update no browser shows an old half.
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
    }

    private sealed record PageFile(byte[] Content, string ContentType, EntityTagHeaderValue Tag)
    {
        public static PageFile Load(Assembly assembly, string resource)
        {
            using Stream stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            string hash = XxHash3.HashToUInt64(content).ToString("x16", CultureInfo.InvariantCulture);
            return new PageFile(content, ContentTypes[Path.GetExtension(resource)], new EntityTagHeaderValue($"\"{hash}\""));
        }
    }
}
