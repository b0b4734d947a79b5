namespace CityPerception.Core.Channels;

/// <summary>The names of what rollups store, as measurements.yaml describes it.</summary>
public static class ChannelViews
{
    /// <summary>The measurement of views, and its tags.</summary>
    public const string Measurement = "channel_view", Channel = "channel", Kpi = "kpi", District = "district", Window = "window", Group = "group";
}
