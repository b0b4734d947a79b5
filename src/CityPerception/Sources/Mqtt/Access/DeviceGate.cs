using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Sources.Devices;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;
using Microsoft.Extensions.Options;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// Decides who may connect. Where credentials are required, everybody needs those of a device in the registry: a password,
/// a certificate, or a token of the Azure IoT dialect signed with a key of the registry or of the key file.
/// </summary>
internal sealed class DeviceGate(
    AzureGate azure, DeviceRegistry registry, KnownDevices known, ISecretProtector protector, PasswordCheck passwords, CertificateCheck certificates, Lockouts lockouts, OperationsState state, AccessMetrics metrics, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<DeviceGate> logger)
{
    private const int MaxShownName = 128;

    public bool IsRequired => options.Value.Required;

    /// <summary>The devices that are known; null where nobody has to show credentials.</summary>
    public IKnownDevices? Known => known.InUse;

    /// <summary>What judges certificates.</summary>
    public CertificateCheck Certificates => certificates;

    /// <summary>The devices that a client may turn out to be.</summary>
    public static IReadOnlyList<string> NamesIn(MqttConnectPacket connect, ClientCertificate? certificate) =>
        UsesCertificate(connect, certificate) ? CertificateCheck.Candidates(certificate!, SaidIn(connect), connect.ClientId) : [NameIn(connect)];

    private static bool UsesCertificate(MqttConnectPacket connect, ClientCertificate? certificate) => certificate is not null && connect.Password is not { Length: > 0 };

    private static string? SaidIn(MqttConnectPacket connect) => string.IsNullOrEmpty(connect.Username) ? null : NameIn(connect);

    /// <summary>The device that a client says it is: by its user name, or its client id where it has none.</summary>
    private static string NameIn(MqttConnectPacket connect)
    {
        if (AzureUserName.TryParse(connect.Username, out AzureUserName? user)) return user.Name.ToString();
        return string.IsNullOrEmpty(connect.Username) ? connect.ClientId : connect.Username;
    }

    /// <summary>Looks at a CONNECT. A refusal comes when <see cref="SecurityOptions.RefuseAfter"/> has passed, whatever was found: its time says nothing of what there is.</summary>
    public async ValueTask<Admission> AdmitAsync(MqttConnectPacket connect, ClientCertificate? certificate, EndPoint? remote, CancellationToken cancellationToken)
    {
        if (!IsRequired) return azure.Admit(connect);
        long began = clock.GetTimestamp();
        string name = NameIn(connect);
        Admission admission = await DecideAsync(connect, certificate, name, Lockouts.SenderOf(remote), cancellationToken);
        if (admission.Refusal is not { } refusal)
        {
            metrics.Admitted();
            return admission;
        }

        metrics.Refused(admission.Reason);
        if (admission.Reason != RefusalReason.LockedOut) logger.Refused(remote, Shown(name), refusal);
        TimeSpan left = options.Value.RefuseAfter - clock.GetElapsedTime(began);
        if (left > TimeSpan.Zero) await Task.Delay(left, clock, cancellationToken);
        return admission;
    }

    private async ValueTask<Admission> DecideAsync(MqttConnectPacket connect, ClientCertificate? certificate, string name, string address, CancellationToken cancellationToken)
    {
        // Nobody guesses a certificate: it is neither locked out nor counted.
        if (UsesCertificate(connect, certificate)) return WithOwnWill(connect, await AskAsync(() => CheckCertificateAsync(connect, certificate!, cancellationToken), cancellationToken));
        if (connect.Password is not { Length: > 0 }) return Admission.Refuse("it shows no credential", RefusalReason.CredentialsMissing);
        if (name.Length > Device.MaxIdLength) return Admission.Refuse("its name is longer than any device's", RefusalReason.CredentialsWrong);
        if (lockouts.IsLocked(name, address)) return Admission.Refuse("locked out", RefusalReason.LockedOut);

        Admission admission = await AskAsync(() => CheckAsync(connect, name, cancellationToken), cancellationToken);
        if (admission.Refusal is null)
        {
            lockouts.Clear(name, address);
            return WithOwnWill(connect, admission);
        }

        if (admission.Reason is RefusalReason.CredentialsWrong or RefusalReason.TokenInvalid && lockouts.Fail(name, address)) logger.LockedOut(Shown(name), address);
        return admission;
    }

    private Admission WithOwnWill(MqttConnectPacket connect, Admission admission) =>
        admission.Device is not { } device || IsOwnWill(connect, device, admission.Name) ? admission : Admission.Refuse("its will is not on a topic of its own", RefusalReason.WillForeign);

    private async ValueTask<Admission> CheckAsync(MqttConnectPacket connect, string name, CancellationToken cancellationToken)
    {
        Device? device = await registry.FindAsync(name, cancellationToken);
        Admission admission = AzureUserName.TryParse(connect.Username, out _)
            ? azure.Admit(connect, KeysOf(device))
            : await CheckPasswordAsync(device, connect.Password, cancellationToken);
        return await UnlessDisabledAsync(admission with { Device = name }, device, cancellationToken);
    }

    private async ValueTask<Admission> CheckCertificateAsync(MqttConnectPacket connect, ClientCertificate certificate, CancellationToken cancellationToken)
    {
        CertificateVerdict verdict = await certificates.JudgeAsync(certificate, SaidIn(connect), connect.ClientId, cancellationToken);
        if (verdict.Name is null) return Admission.Refuse(verdict.Fault!, RefusalReason.CertificateInvalid);
        Admission admission = AzureUserName.TryParse(connect.Username, out AzureUserName? user) ? AzureGate.AdmitWithCertificate(connect, user) : Admission.Nobody;
        Admission shown = admission with { Device = verdict.Name, Credential = verdict.Credential, End = CertificateCheck.EndOf(certificate), Signed = verdict.Credential is null ? certificate : null };
        return await UnlessDisabledAsync(shown, verdict.Device, cancellationToken);
    }

    // With a gateway its modules are out too, whoever's keys they have.
    private async ValueTask<Admission> UnlessDisabledAsync(Admission admission, Device? device, CancellationToken cancellationToken)
    {
        if (admission.Refusal is not null) return admission;
        bool isDisabled = device?.DisabledAt is not null
            || (GatewayOf(admission.Device!) is { } gateway && await registry.FindAsync(gateway, cancellationToken) is { DisabledAt: not null });
        return isDisabled ? Admission.Refuse("the device, or its gateway, is disabled", RefusalReason.DeviceDisabled) : admission with { IsRegistered = device is not null };
    }

    /// <summary>The device that a module is part of; null for a device.</summary>
    public static string? GatewayOf(string device) => device.IndexOf('/', StringComparison.Ordinal) is > 0 and int slash ? device[..slash] : null;

    private async ValueTask<Admission> AskAsync(Func<ValueTask<Admission>> check, CancellationToken cancellationToken)
    {
        try
        {
            await state.Watched.WaitAsync(cancellationToken);
            return await check();
        }
        catch (TooManyWaitingException)
        {
            return Admission.Refuse("too many passwords wait to be checked", RefusalReason.Busy);
        }
        catch (DbException e)
        {
            logger.RegistryAway(e.Message);
            return Admission.Refuse("the registry does not answer", RefusalReason.RegistryAway);
        }
    }

    private async ValueTask<Admission> CheckPasswordAsync(Device? device, byte[] password, CancellationToken cancellationToken) =>
        await passwords.FindAsync(device, CredentialKind.Password, password, cancellationToken) is { } credential
            ? Admission.Nobody with { Credential = credential }
            : Admission.Refuse(device is null ? "the device is not in the registry" : "the password is wrong", RefusalReason.CredentialsWrong);

    private bool IsOwnWill(MqttConnectPacket connect, string device, AzureName? name) =>
        !connect.WillFlag || (AzureTopic.TryParse(connect.WillTopic, out AzureTopic will) ? azure.MayPublish(name, will.Sender) : new OwnTopics(device).Holds(connect.WillTopic));

    private List<AzureKey> KeysOf(Device? device)
    {
        List<AzureKey> keys = [];
        foreach (DeviceCredential credential in device?.Credentials.Where(c => c.Kind == CredentialKind.SasKey) ?? [])
        {
            try
            {
                keys.Add(new AzureKey(protector.Unprotect(credential.Secret), credential.Id));
            }
            catch (CryptographicException)
            {
                logger.KeyLost(Shown(credential.DeviceId));
            }
        }

        return keys;
    }

    private static string Shown(string name) => name.Length > MaxShownName ? name[..MaxShownName] : name;
}
