package desks

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"guitu"
	"guitu/internal/store"
)

// keySize is that of AES-256.
const keySize = 32

// sealed begins a secret that was sealed. A secret in the clear is base32 and never begins so.
const sealed = "gcm1:"

// NewKey makes a key under which the secrets of second factors are kept, as ParseKey reads it.
func NewKey() string {
	b := make([]byte, keySize)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return base64.StdEncoding.EncodeToString(b)
}

// Key seals the secrets of second factors, so that whoever gets hold of the database or a copy of it cannot make codes. The zero Key
// seals nothing: no second factor can be begun or used with it.
type Key struct{ aead cipher.AEAD }

// ParseKey reads what NewKey made.
func ParseKey(s string) (Key, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) != keySize {
		return Key{}, errors.New("is no key of 32 bytes in base64")
	}
	block, err := aes.NewCipher(b)
	if err != nil {
		return Key{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return Key{aead}, err
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.aead == nil }

// errNoKey is what an officer reads who begins a second factor on a server that could not keep it.
var errNoKey = guitu.Errorf(guitu.Conflict,
	"服务器没有保存第二重验证的密钥，暂不能启用。请联系运维人员：运行 guitu console-key 生成密钥，并在配置中写明 console.key_file")

// errSealed is a secret that was sealed with another key, or for somebody else.
var errSealed = guitu.Errorf(guitu.Conflict, "服务器的密钥已更换，原来的第二重验证不能再用。请输入恢复码，或请管理员重置")

// seal is a secret as the database keeps it, for this officer only.
func (k Key) seal(officerID int64, secret string) (string, error) {
	if k.IsZero() {
		return "", errNoKey
	}
	return sealed + base64.RawStdEncoding.EncodeToString(k.aead.Seal(nil, nil, []byte(secret), owner(officerID))), nil
}

// open returns the secret that was sealed for this officer.
func (k Key) open(officerID int64, kept string) (string, error) {
	if k.IsZero() {
		return "", errNoKey
	}
	text, found := strings.CutPrefix(kept, sealed)
	b, err := base64.RawStdEncoding.DecodeString(text)
	if !found || err != nil {
		return "", errSealed
	}
	secret, err := k.aead.Open(nil, nil, b, owner(officerID))
	if err != nil {
		return "", errSealed
	}
	return string(secret), nil
}

// owner ties a sealed secret to its officer: moved to another's row, it does not open.
func owner(officerID int64) []byte {
	return []byte("second factor " + strconv.FormatInt(officerID, 10))
}

// ErrNoKey says that second factors are kept and that there is no key to open them.
var ErrNoKey = errors.New("second factors are kept, and there is no key to open them")

// SealFactors seals the secrets that an earlier version kept in the clear, and counts those that this key does not open. It belongs
// before anything that signs officers in. ErrNoKey when there are factors and no key.
func (d *Desks) SealFactors(ctx context.Context) (lost int, err error) {
	err = d.db.Update(ctx, func(tx *store.Tx) error {
		ids, err := tx.FactorOfficers(ctx)
		if err != nil {
			return err
		}
		if len(ids) > 0 && d.key.IsZero() {
			return ErrNoKey
		}
		for _, id := range ids {
			f, err := tx.LockFactor(ctx, id)
			if err != nil {
				return err
			}
			if strings.HasPrefix(f.Secret, sealed) {
				if _, err := d.key.open(id, f.Secret); err != nil {
					lost++
				}
				continue
			}
			if f.Secret, err = d.key.seal(id, f.Secret); err != nil {
				return err
			}
			if err := tx.SaveFactor(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
	return lost, err
}
