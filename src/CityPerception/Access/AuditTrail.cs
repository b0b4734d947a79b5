using System.Data.Common;
using CityPerception.Storage.Operations.Auditing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary>
/// Puts on record what is asked of endpoints that say so, when it is done, with its result; what people were refused; and
/// removes what is too old. The query and the body are never kept: they may hold what residents wrote.
/// </summary>
internal sealed class AuditTrail(AuditLog log, IOptions<AccessOptions> options, TimeProvider clock, ILogger<AuditTrail> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private volatile string? _failure;

    /// <summary>Why the last entry could not be kept; null if it was.</summary>
    public string? Failure => _failure;

    /// <summary>The address of who asks.</summary>
    public static string OriginOf(HttpContext context)
    {
        System.Net.IPAddress? address = context.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";
    }

    /// <summary>Runs the rest of the request, and records it if it is to be.</summary>
    public async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        int status = StatusCodes.Status500InternalServerError;
        try
        {
            await next(context);
            status = context.Response.StatusCode;
        }
        finally
        {
            if (IsToBeKept(context, status))
            {
                string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "?";
                string target = string.Join(' ', context.Request.RouteValues.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"));
                await AddAsync(context, Identities.Describe(context.User), $"{context.Request.Method} {route}", target, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Adds an entry. One that cannot be kept is told of in the log and in /healthz/ready.</summary>
    public Task AddAsync(HttpContext context, string who, string action, string target, string result) => AddAsync(OriginOf(context), who, action, target, result);

    /// <summary>The same, of what comes by a connection that stays.</summary>
    public async Task AddAsync(string origin, string who, string action, string target, string result)
    {
        try
        {
            await log.AddAsync(who, action, target, origin, result, CancellationToken.None); // whoever hangs up is on record too
            _failure = null;
        }
        catch (Exception e) when (e is DbException or DbUpdateException)
        {
            _failure = e.Message;
            logger.NotOnRecord(who, action, e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await log.RemoveBeforeAsync(clock.GetUtcNow() - options.Value.AuditAge, stoppingToken);
            }
            catch (DbException e)
            {
                _failure = e.Message; // it is tried again in an hour
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static bool IsToBeKept(HttpContext context, int status)
    {
        if (Identities.KindOf(context.User) is null || context.GetEndpoint() is not { } endpoint) return false;
        return endpoint.Metadata.GetMetadata<AccessRule>() is { IsAudited: true } || (Identities.IsPerson(context.User) && status == StatusCodes.Status403Forbidden);
    }
}
