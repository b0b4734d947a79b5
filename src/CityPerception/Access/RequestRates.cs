using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary>So many requests a second of a key, so many attempts to sign in a minute from an address; more are answered 429.</summary>
internal sealed class RequestRates(IOptions<AccessOptions> access) : IConfigureOptions<RateLimiterOptions>
{
    /// <summary>The limit of attempts to sign in.</summary>
    public const string SignIns = "sign-ins";

    public void Configure(RateLimiterOptions options)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.OnRejected = static (rejected, _) => RefuseAsync(rejected);
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, (string, int)>(context =>
        {
            if (Identities.KindOf(context.User) is not Identities.Key) return RateLimitPartition.GetNoLimiter(("", 0));
            int rate = context.User.FindFirstValue(Identities.Rate) is { } own ? int.Parse(own, CultureInfo.InvariantCulture) : access.Value.RequestsPerSecond;
            return RateLimitPartition.GetTokenBucketLimiter((context.User.FindFirstValue(ClaimTypes.NameIdentifier)!, rate), static known => new TokenBucketRateLimiterOptions
            {
                TokenLimit = known.Item2,
                TokensPerPeriod = known.Item2,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            });
        });
        options.AddPolicy(SignIns, context => RateLimitPartition.GetFixedWindowLimiter(AuditTrail.OriginOf(context), _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = access.Value.SignInsPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));
    }

    private static async ValueTask RefuseAsync(OnRejectedContext rejected)
    {
        TimeSpan wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan known) ? known : TimeSpan.FromSeconds(1);
        int seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        rejected.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Results.Problem(
            string.Create(CultureInfo.InvariantCulture, $"More requests than are allowed; come again in {seconds} s. 请求过于频繁，请在 {seconds} 秒后重试。"),
            statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(rejected.HttpContext);
    }
}
