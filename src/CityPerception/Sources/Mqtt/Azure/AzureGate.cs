using System.Text;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Access;
using Microsoft.Extensions.Options;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>Decides who may connect as a device, until when, and who may publish under which name.</summary>
internal sealed class AzureGate(AzureKeys keys, IOptions<AzureOptions> options, IOptions<SecurityOptions> security, TimeProvider clock)
{
    private const string ForeignClientId = "the client id is not the device, or device/module, of the user name";

    private bool AreTokensChecked => keys.IsSet || security.Value.Required;

    /// <summary>Looks at a CONNECT. One whose user name is not of the dialect is nobody here, and the broker's as ever.</summary>
    /// <param name="connect">The packet.</param>
    /// <param name="registered">The keys that the registry has for it, beside those of the key file.</param>
    public Admission Admit(MqttConnectPacket connect, IReadOnlyList<AzureKey>? registered = null)
    {
        Admission admission = AzureUserName.TryParse(connect.Username, out AzureUserName? user) ? Admit(connect, user, registered ?? []) : Admission.Nobody;
        // A will is published later, by nobody's asking: it has to be right now.
        return admission.Refusal is null && AzureTopic.TryParse(connect.WillTopic, out AzureTopic will) && !MayPublish(admission.Name, will.Sender)
            ? Admission.Refuse("its will is under another device's name", RefusalReason.WillForeign)
            : admission;
    }

    /// <summary>The same for one that has shown a certificate of the device that its user name says.</summary>
    public static Admission AdmitWithCertificate(MqttConnectPacket connect, AzureUserName user) =>
        connect.ClientId == user.Name.ToString() ? new Admission(user.Name, DateTimeOffset.MaxValue, null) : Admission.Refuse(ForeignClientId);

    /// <summary>Whether a connection may send telemetry under a name: a device under its own, anybody else only while there are no keys.</summary>
    public bool MayPublish(AzureName? connected, AzureName sender) => connected is { } name ? name == sender : !AreTokensChecked;

    private Admission Admit(MqttConnectPacket connect, AzureUserName user, IReadOnlyList<AzureKey> registered)
    {
        string name = user.Name.ToString();
        if (connect.ClientId != name) return Admission.Refuse(ForeignClientId);
        if (!AreTokensChecked) return new Admission(user.Name, DateTimeOffset.MaxValue, null);

        if (!SasToken.TryParse(Encoding.UTF8.GetString(connect.Password ?? []), out SasToken? token, out string fault)) return Admission.Refuse(fault);
        if (!IsFor(token.Resource, user)) return Admission.Refuse("the token's sr is not {host}/devices/{device} (or …/modules/{module}) of the user name");
        AzureKey[] known = [.. registered, .. keys.Of(user.Name).Select(static k => new AzureKey(k, null))];
        if (known.Length == 0) return Admission.Refuse("there is no key for it");
        AzureKey key = Array.Find(known, k => token.IsSignedWith(k.Key));
        if (key == default) return Admission.Refuse("the token's signature is not by its key");
        return Until(token.Expiry) is { } end ? new Admission(user.Name, end, null) { Credential = key.Credential } : Admission.Refuse(IsAhead(token.Expiry)
            ? $"the token ends more than {options.Value.MaxTokenSpan.TotalDays:0} days ahead; se is in seconds since 1970, not milliseconds"
            : "the token has expired, or the device's clock is wrong");
    }

    private static bool IsFor(string resource, AzureUserName user) =>
        resource.EndsWith(user.Name.ResourcePath, StringComparison.Ordinal)
        && resource.AsSpan(0, resource.Length - user.Name.ResourcePath.Length).Equals(user.Host, StringComparison.OrdinalIgnoreCase);

    private bool IsAhead(long expiry) => expiry > (clock.GetUtcNow() + options.Value.MaxTokenSpan).ToUnixTimeSeconds();

    // A connection ends with its token; one let in by the skew, with that.
    private DateTimeOffset? Until(long expiry)
    {
        if (IsAhead(expiry)) return null;
        DateTimeOffset now = clock.GetUtcNow(), end = DateTimeOffset.FromUnixTimeSeconds(expiry);
        if (end > now) return end;
        return end + options.Value.ClockSkew > now ? end + options.Value.ClockSkew : null;
    }
}

/// <summary>A key that tokens may be signed with, and which credential of the registry it is; null if it is the key file's.</summary>
internal readonly record struct AzureKey(byte[] Key, Guid? Credential);
