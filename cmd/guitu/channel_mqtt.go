package main

import (
	"net/url"

	"guitu"
	"guitu/publishers/mqtt"
)

// mqttChannel is an MQTT 5 broker.
type mqttChannel struct {
	Broker       string `yaml:"broker"` // mqtts://broker.example
	Prefix       string `yaml:"prefix"` // begins each topic, guitu when it is not given
	User         string `yaml:"user"`
	PasswordFile string `yaml:"password_file"`

	password Secret
}

func (m *mqttChannel) check(v *validator, k key, _ Config) {
	if u, err := url.Parse(m.Broker); err != nil || u.Hostname() == "" || u.User != nil || u.Scheme != "mqtt" && u.Scheme != "mqtts" {
		v.bad(append(k, "broker"), "want a URL that begins with mqtt:// or mqtts:// and names no account")
	} else if u.Scheme == "mqtt" && m.User != "" && !isLoopback(hostPort(m.Broker)) {
		v.warn(append(k, "broker"), "is not encrypted: others can read the password; want mqtts://")
	}
	m.password = v.secret(append(k, "password_file"), m.PasswordFile, "")
	if (m.User == "") != m.password.IsZero() {
		v.bad(append(k, "user"), "user and password_file go together")
	}
}

func (m *mqttChannel) address() string { return m.Broker }

func (m *mqttChannel) words() string { return "every notice by place to " + m.Broker }

func (m *mqttChannel) publisher(name string, o outside) (guitu.Publisher, error) {
	return mqtt.New(m.Broker, mqtt.Options{
		Name: name, Prefix: m.Prefix, User: m.User, Password: m.password.Reveal(), Dial: o.guard.DialContext, CAP: o.cap,
	})
}
