using MQTTnet.Protocol;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>Why a client may not connect. The names, in snake_case, are the <c>error.type</c> of the metric.</summary>
internal enum RefusalReason
{
    /// <summary>A token of the Azure IoT dialect that is not right, or has ended.</summary>
    TokenInvalid,

    CredentialsMissing,

    /// <summary>A certificate that has expired, or is nobody's.</summary>
    CertificateInvalid,

    /// <summary>The password is wrong, or there is no such device: the client is not told which.</summary>
    CredentialsWrong,

    DeviceDisabled,

    /// <summary>Too often wrong, from this address for this device.</summary>
    LockedOut,

    /// <summary>Its will is not on a topic of its own.</summary>
    WillForeign,

    /// <summary>So many passwords wait to be checked that no more are taken.</summary>
    Busy,

    /// <summary>The registry does not answer.</summary>
    RegistryAway,
}

/// <summary>What CONNACK says to it: MQTT 3.1.1, 3.2.2.3, and MQTT 5.0, 3.2.2.2.</summary>
internal static class RefusalCodes
{
    public static (MqttConnectReturnCode V3, MqttConnectReasonCode V5) Of(RefusalReason reason) => reason switch
    {
        RefusalReason.CredentialsWrong or RefusalReason.DeviceDisabled => (MqttConnectReturnCode.ConnectionRefusedBadUsernameOrPassword, MqttConnectReasonCode.BadUserNameOrPassword),
        RefusalReason.Busy or RefusalReason.RegistryAway => (MqttConnectReturnCode.ConnectionRefusedServerUnavailable, MqttConnectReasonCode.ServerUnavailable),
        RefusalReason.LockedOut => (MqttConnectReturnCode.ConnectionRefusedNotAuthorized, MqttConnectReasonCode.ConnectionRateExceeded),
        _ => (MqttConnectReturnCode.ConnectionRefusedNotAuthorized, MqttConnectReasonCode.NotAuthorized),
    };
}
