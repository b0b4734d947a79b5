namespace CityPerception.TestKit;

/// <summary>Channel files for tests.</summary>
public static class ChannelText
{
    /// <summary>A channel of one KPI, as YAML.</summary>
    /// <param name="windows">1h, 1d.</param>
    /// <param name="inputs">What it is computed from: { x: { count: noise.leq } }.</param>
    /// <param name="formula">value, or num and den, each on a line of its own.</param>
    /// <param name="channel">Its slug.</param>
    /// <param name="kpi">The KPI's id.</param>
    /// <param name="more">More keys of the KPI, each on a line of its own; empty for none.</param>
    public static string OneKpi(string windows, string inputs, string formula, string channel = "city", string kpi = "kpi", string more = "") => $$"""
        channel: {{channel}}
        name: { zh: 试, en: test }
        description: { zh: 试, en: test }
        kpis:
          {{kpi}}:
            name: { zh: 试, en: test }
            description: { zh: 试, en: test }
            defined_by: default
            unit: "1"
            better: lower
            windows: [{{windows}}]
            inputs: {{inputs}}
            {{formula}}
            {{more}}
        """;
}
