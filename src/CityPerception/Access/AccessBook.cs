using System.Collections.Frozen;
using System.Data.Common;
using System.Security.Claims;
using CityPerception.Access.Oidc;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.Access;

/// <summary>
/// Who may come in, in memory: read from the database when its revision has changed, which is asked every two seconds. So a
/// request costs no query, and what a command or another server changes holds within seconds. While the database is away
/// the last that was read holds.
/// </summary>
internal sealed class AccessBook(AccessRegistry registry, OidcPeople others, OpenRequests requests, TimeProvider clock, ILogger<AccessBook> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _looking = new(1);
    private volatile Page _page = new(new AccessList(-1, [], []));
    private volatile string? _failure;

    /// <summary>Why the database does not answer; null while it does.</summary>
    public string? Failure => _failure;

    /// <summary>The key with this text; null if there is none that is taken now.</summary>
    public async ValueTask<ApiKey?> FindKeyAsync(string key)
    {
        await ReadyAsync();
        return _page.Keys.TryGetValue(AccessSecrets.HashKey(key), out ApiKey? found) && IsValid(found) ? found : null;
    }

    /// <summary>The person of this name, disabled or not, as the database has them now; null if there is nobody.</summary>
    public async Task<User?> FindUserAsync(string name, CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken); // who was added a moment ago signs in, and who was disabled does not
        await ReadyAsync();
        return _page.UsersByName.GetValueOrDefault(name);
    }

    /// <summary>The person of a session with the roles of now, or the key of a screen; null if the session has ended.</summary>
    public async ValueTask<ClaimsPrincipal?> FindAsync(ClaimsPrincipal session)
    {
        await ReadyAsync();
        return Identities.KindOf(session) switch
        {
            Identities.Session => FindUser(session) is { } user ? Identities.Of(user) : null,
            Identities.Oidc => others.Find(session),
            Identities.Key => FindKey(session) is { } key ? Identities.Of(key) : null,
            _ => null,
        };
    }

    public override void Dispose()
    {
        _looking.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await LookAsync(stoppingToken);
            requests.EndThose(who => !Holds(who));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            Page known = _page;
            if (await registry.RevisionAsync(cancellationToken) != known.Revision)
            {
                var page = new Page(await registry.ReadAsync(cancellationToken));
                if (known.Revision < 0 && page is { UsersByName.Count: 0, Keys.Count: 0 }) logger.NobodyYet();
                _page = page;
                _read.TrySetResult();
            }

            _failure = null;
        }
        catch (DbException e)
        {
            if (_failure is null) logger.BookAway(e.Message); // once, not every two seconds
            _failure = e.Message;
        }
        finally
        {
            _looking.Release();
        }
    }

    private bool Holds(ClaimsPrincipal who) => Identities.KindOf(who) switch
    {
        Identities.Session => FindUser(who) is not null,
        Identities.Oidc => others.Find(who) is not null,
        Identities.Key => FindKey(who) is not null,
        _ => true,
    };

    private User? FindUser(ClaimsPrincipal session) =>
        Guid.TryParse(session.FindFirstValue(ClaimTypes.NameIdentifier), out Guid id) && _page.Users.TryGetValue(id, out User? user)
        && user.DisabledAt is null && user.Stamp == session.FindFirstValue(Identities.Stamp) ? user : null;

    private ApiKey? FindKey(ClaimsPrincipal who) => _page.Keys.TryGetValue(who.FindFirstValue(ClaimTypes.NameIdentifier)!, out ApiKey? key) && IsValid(key) ? key : null;

    private bool IsValid(ApiKey key) => key.ExpiresAt is not { } end || end > clock.GetUtcNow();

    private async ValueTask ReadyAsync()
    {
        if (_read.Task.IsCompletedSuccessfully) return;
        try
        {
            await _read.Task.WaitAsync(Patience, clock);
        }
        catch (TimeoutException e)
        {
            throw new BadHttpRequestException("The operational database does not answer.", StatusCodes.Status503ServiceUnavailable, e);
        }
    }

    private sealed class Page(AccessList list)
    {
        public long Revision { get; } = list.Revision;

        public FrozenDictionary<string, ApiKey> Keys { get; } = list.Keys.ToFrozenDictionary(k => k.Hash, StringComparer.Ordinal);

        public FrozenDictionary<Guid, User> Users { get; } = list.Users.ToFrozenDictionary(u => u.Id);

        public FrozenDictionary<string, User> UsersByName { get; } = list.Users.ToFrozenDictionary(u => u.Name, StringComparer.Ordinal);
    }
}
