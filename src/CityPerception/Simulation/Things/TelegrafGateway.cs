using System.Globalization;

namespace CityPerception.Simulation.Things;

/// <summary>A gateway a district runs an agent that reports on the devices behind it, in line protocol, a few at a time.</summary>
internal sealed class TelegrafGateway(IReadOnlyList<Device> devices) : Thing(devices[0], everySeconds: 15)
{
    private const int LinesAMessage = 10;

    private int _next;

    public override string Sender { get; } = $"gw-{devices[0].District}";

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        Draft draft = city.Begin(now, FaultScope.Plain);
        for (int i = 0; i < Math.Min(LinesAMessage, devices.Count); i++, _next++)
        {
            Device device = devices[_next % devices.Count];
            int own = Seeds.Hash(city.Options.Seed, "health " + device.Id) & 0xFF;
            // One device in a hundred and thirty is away, another out of order.
            string state = own switch { 7 or 8 => "offline", 9 or 10 => "fault", _ => "online" };
            long seen = draft.At(now - (state == "offline" ? TimeSpan.FromHours(5) : TimeSpan.FromSeconds(Random.Next(1, 20)))).ToUnixTimeSeconds();
            draft.Raw(string.Create(CultureInfo.InvariantCulture,
                $"device,host={device.Id},gateway={Sender} state=\"{state}\",last_seen={seen}i,rssi={-60 - own % 55 + Random.Next(3)}i,snr={9 - own % 12 + Scatter(0.5):0.0},battery={12 + own * 88 / 256},fw=\"2.{own % 5}.1\" {draft.Time.ToUnixTimeMilliseconds()}000000\n"));
        }

        city.Publish("telegraf", $"city/telegraf/{Sender}", Sender, draft);
    }
}
