using System.Net;

namespace CityPerception.Tests.Support;

/// <summary>A server whose store is away and whose spool takes nothing more.</summary>
internal static class FullSpool
{
    /// <summary>The settings of spools that are soon full.</summary>
    public static readonly string[] Small = ["Spool:SegmentBytes=1048576", "Spool:MaxBytes=4194304", "Spool:MemoryBytes=4194304", "Backfill:MaxBytes=4194304"];

    /// <summary>Large bodies until one does not fit, then single lines until even they do not. Returns how many lines were taken, of measurement <c>noise</c>.</summary>
    public static async Task<int> FillAsync(Server server)
    {
        int lines = 0;
        foreach (int many in (int[])[4_000, 200, 1])
        {
            while (await WriteAsync(server, lines, many) is HttpStatusCode.NoContent) lines += many;
        }

        return lines;
    }

    // Lines that are long, so that few fill the spool.
    private static async Task<HttpStatusCode> WriteAsync(Server server, int first, int count)
    {
        string device = new('N', 100);
        string body = string.Concat(Enumerable.Range(first, count).Select(n => $"noise,device={device},district=140403 leq=50 {1_760_000_000 + n}\n"));
        using HttpResponseMessage answer = await server.PostAsync("/api/v2/write?precision=s", body);
        return answer.StatusCode;
    }
}
