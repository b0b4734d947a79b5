using System.Net.Sockets;
using System.Security.Authentication;
using CityPerception.Storage.Spooling;
using MQTTnet;
using MQTTnet.Exceptions;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>Why there is no connection to a broker, in words for whoever has to repair it.</summary>
internal static class ConnectionFault
{
    /// <summary>Whether it is the network's, the broker's or the disk's fault, and trying again makes sense.</summary>
    public static bool IsExpected(Exception e) => e is MqttCommunicationException or MqttClientNotConnectedException or MqttClientDisconnectedException
        or MqttClientUnexpectedDisconnectReceivedException or MqttProtocolViolationException or SocketException or IOException or AuthenticationException or ObjectDisposedException or OperationCanceledException
        or PacketException;

    public static string Describe(Exception e)
    {
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException socket: return $"it cannot be reached: {socket.Message}";
                case AuthenticationException tls: return $"TLS: {tls.Message} Mqtt:CaFile names the authorities to trust, and the certificate must be for the name in Mqtt:Broker.";
                case SpoolFailedException or PacketException: return cause.Message;
                case MqttClientUnexpectedDisconnectReceivedException ended: return Describe(ended.ReasonCode is { } code ? (MqttClientDisconnectReason)(int)code : default, ended.ReasonString);
            }
        }

        return e switch
        {
            OperationCanceledException => "it does not answer",
            _ => e.GetBaseException().Message,
        };
    }

    /// <summary>How a connection ended.</summary>
    public static string Describe(MqttClientDisconnectedEventArgs lost, string clientId) => lost switch
    {
        { Exception: { } e } => Describe(e),
        // It says nothing else where a second client has taken our place: MQTT 3.1.1 has no words for it, and mosquitto 2.0 does not use those of MQTT 5.
        { Reason: MqttClientDisconnectReason.NormalDisconnection } => $"the broker has closed the connection; if it does so again and again, another client uses the client identifier {clientId}",
        _ => Describe(lost.Reason, lost.ReasonString),
    };

    /// <summary>What CONNACK says, other than success.</summary>
    public static string Describe(MqttClientConnectResultCode code, string? text) => code switch
    {
        MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized => Refusal(code, text) + ": check Mqtt:User and Mqtt:Password",
        MqttClientConnectResultCode.ClientIdentifierNotValid => Refusal(code, text) + ": set another Mqtt:ClientId",
        _ => Refusal(code, text),
    };

    /// <summary>A reason code with its number, as the broker's log and manual have it.</summary>
    public static string Name<T>(T code)
        where T : struct, Enum => $"{code} (0x{Convert.ToInt32(code, System.Globalization.CultureInfo.InvariantCulture):X2})";

    private static string Describe(MqttClientDisconnectReason reason, string? text) => reason switch
    {
        MqttClientDisconnectReason.SessionTakenOver => "another client has connected under our client identifier; give each worker its own data directory, or its own Mqtt:ClientId",
        _ => $"the broker has ended the connection: {Name(reason)}{Tail(text)}",
    };

    private static string Refusal(MqttClientConnectResultCode code, string? text) => $"the broker refuses us: {Name(code)}{Tail(text)}";

    private static string Tail(string? text) => string.IsNullOrEmpty(text) ? "" : $" '{text}'";
}
