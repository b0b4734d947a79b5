using System.Text.Json.Serialization;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Devices;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary>Checks who signs in. Whatever is wrong takes as long, and is answered with the same words.</summary>
internal sealed class SignIn(AccessBook book, AuditTrail audit, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<SignIn> logger) : IDisposable
{
    private const string Action = "sign-in";

    private readonly Lockouts _lockouts = new(options, clock);

    // A hash takes a core for a tenth of a second: strangers have half of them at most.
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>The person; null if the name or the password is wrong, or they are locked out or disabled.</summary>
    public async Task<User?> TryAsync(string name, string password, HttpContext context)
    {
        string address = AuditTrail.OriginOf(context), known = name.ToLowerInvariant();
        User? user = known.Length <= User.MaxNameLength ? await book.FindUserAsync(known, context.RequestAborted) : null;
        bool isRight = await IsPasswordAsync(user?.PasswordHash ?? AccessSecrets.NobodysHash, password, context.RequestAborted) && user is { DisabledAt: null };
        // What is typed as a name may be a password: only names that there are, are on record.
        string who = user is null ? "nobody" : Identities.OfUser(user.Name);

        if (_lockouts.IsLocked(known, address))
        {
            await audit.AddAsync(context, who, Action, "", "locked");
            return null;
        }

        if (!isRight)
        {
            if (_lockouts.Fail(known, address) && user is not null) logger.LockedOut(user.Name, address);
            await audit.AddAsync(context, who, Action, "", "refused");
            return null;
        }

        _lockouts.Clear(known, address);
        await audit.AddAsync(context, who, Action, "", "ok");
        return user;
    }

    /// <summary>The key of a screen: one that may do nothing but look, since whoever stands before the screen has it. Null for any other.</summary>
    public async Task<ApiKey?> TryKeyAsync(string text, HttpContext context)
    {
        ApiKey? key = await book.FindKeyAsync(text.Trim()) is { Scopes: KeyScopes.Read } found ? found : null;
        await audit.AddAsync(context, key is null ? "nobody" : "key:" + key.Name, Action, "", key is null ? "refused" : "ok");
        return key;
    }

    public void Dispose() => _turns.Dispose();

    private async Task<bool> IsPasswordAsync(string hash, string password, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return DeviceSecrets.IsPassword(hash, password);
        }
        finally
        {
            _turns.Release();
        }
    }
}

/// <summary>What is posted to sign in: name and password of a person, or the key of a screen.</summary>
internal sealed record SignInRequest(string? Name, string? Password, string? Key);

/// <summary>Who is signed in.</summary>
/// <param name="Required">Whether anybody has to.</param>
/// <param name="Name">Of the person or the key; null for nobody.</param>
/// <param name="Roles">Of the person.</param>
/// <param name="Provider">What the button says that signs in by a provider (<c>/sign-in/oidc</c>); null where there is none.</param>
internal sealed record SessionView(bool Required, string? Name, IReadOnlyList<string> Roles, string? Provider);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 3)]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(SessionView))]
internal sealed partial class SignInJson : JsonSerializerContext;
